using System.Text.Json;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Orchestrators;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Tests.Activities;

/// <summary>
/// What the orchestrator and its activities tell each other is kept in history by whichever serializer the host has, not by the protocol's.
/// </summary>
public class ActivityContractTests
{
    /// <summary>The options of the Functions worker, and those of the durable client, where nothing is configured.</summary>
    public static TheoryData<JsonSerializerOptions> HostOptions =>
        [new JsonSerializerOptions { PropertyNameCaseInsensitive = true }, new JsonSerializerOptions { IncludeFields = true }];

    private static readonly JobError Error = JobError.Create(ErrorCodes.ImageCorrupt, "As the test says.", Phases.DiskInspection);

    [Theory]
    [MemberData(nameof(HostOptions))]
    public void A_plan_survives_history(JsonSerializerOptions options)
    {
        var sent = new Validation(new JobPlan([new JobStage([new JobStep("map", Phases.DiskInspection)])]), null);

        var received = Send(sent, options);

        Assert.Equal(sent.Plan?.Stages[0].Steps, received.Plan?.Stages[0].Steps);
        Assert.Null(received.Error);
    }

    [Theory]
    [MemberData(nameof(HostOptions))]
    public void An_error_survives_history(JsonSerializerOptions options) =>
        Assert.Equal(new StepOutcome(Error), Send(new StepOutcome(Error), options));

    [Theory]
    [MemberData(nameof(HostOptions))]
    public void A_request_for_a_step_survives_history(JsonSerializerOptions options)
    {
        var sent = new StepRequest("job-1", 2, "map", Phases.DiskInspection, new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

        Assert.Equal(sent, Send(sent, options));
    }

    [Theory]
    [MemberData(nameof(HostOptions))]
    public void A_request_for_the_result_survives_history(JsonSerializerOptions options)
    {
        var sent = new ResultRequest("job-1", 2, new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero), Error);

        Assert.Equal(sent, Send(sent, options));
    }

    [Theory]
    [MemberData(nameof(HostOptions))]
    public void A_ticket_survives_history(JsonSerializerOptions options)
    {
        var sent = new JobTicket("job-1", 1, 3, TimeSpan.FromMinutes(90), new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.FromHours(1)));

        Assert.Equal(sent, Send(sent, options));
    }

    private static T Send<T>(T message, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(message, options), options)
        ?? throw new InvalidOperationException("A message became null.");
}
