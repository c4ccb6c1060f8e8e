using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

/// <summary>Values over the maximum: whoever makes one is told, and nothing gets stuck.</summary>
public class PayloadLimitTests
{
    private const int Maximum = 1_000;
    private static readonly string TooLarge = new('x', Maximum);

    [Fact]
    public async Task An_input_or_an_event_that_is_too_large_is_refused_at_the_call()
    {
        await using var host = await StartAsync();
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Waits");

        foreach (Func<Task> call in new Func<Task>[]
        {
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Waits", TooLarge, host.Timeout),
            () => host.Client.RaiseEventAsync(instanceId, "Go", TooLarge, host.Timeout),
            () => host.Client.Entities.SignalEntityAsync(new EntityInstanceId("Kept", "k"), "Set", TooLarge, cancellation: host.Timeout),
        })
        {
            var refused = await Assert.ThrowsAnyAsync<InvalidOperationException>(call);
            Assert.Contains("1002 bytes exceeds the configured maximum of 1000 bytes", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("activity output", true)]
    [InlineData("activity input", false)]
    [InlineData("sub-orchestration output", true)]
    [InlineData("custom status", false)]
    [InlineData("output", false)]
    public async Task Whatever_of_an_orchestration_is_too_large_fails_it_instead_of_holding_it(string what, bool isOfATask)
    {
        await using var host = await StartAsync();

        OrchestrationMetadata ended = await host.RunAsync("Makes", what);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        TaskFailureDetails? failure = isOfATask ? ended.FailureDetails?.InnerFailure : ended.FailureDetails;
        Assert.True(failure?.IsCausedBy<InvalidOperationException>());
        Assert.Contains("exceeds the configured maximum", failure?.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operation_that_makes_its_entitys_state_too_large_fails_and_leaves_the_state_as_it_was()
    {
        await using var host = await StartAsync();

        OrchestrationMetadata ended = await host.RunAsync("Grows");

        Assert.Equal("refused, 400", ended.ReadOutputAs<string>());
    }

    private static Task<DurableTestHost> StartAsync() => DurableTestHost.StartAsync(
        tasks => tasks
            .AddOrchestratorFunc("Waits", context => context.WaitForExternalEvent<string>("Go"))
            .AddOrchestratorFunc("Child", _ => TooLarge)
            .AddOrchestratorFunc<string, string>("Makes", async (context, what) =>
            {
                switch (what)
                {
                    case "activity output":
                        await context.CallActivityAsync<string>("Large");
                        break;
                    case "activity input":
                        await context.CallActivityAsync("Large", TooLarge);
                        break;
                    case "sub-orchestration output":
                        await context.CallSubOrchestratorAsync("Child");
                        break;
                    case "custom status":
                        context.SetCustomStatus(TooLarge);
                        break;
                }

                return TooLarge;
            })
            .AddOrchestratorFunc("Grows", async context =>
            {
                var id = new EntityInstanceId("Kept", "k");
                await context.Entities.CallEntityAsync(id, "Append", 400);
                try
                {
                    await context.Entities.CallEntityAsync(id, "Append", 700);
                    return "accepted";
                }
                catch (EntityOperationFailedException)
                {
                    return $"refused, {await context.Entities.CallEntityAsync<int>(id, "Length")}";
                }
            })
            .AddActivityFunc("Large", (TaskActivityContext _) => TooLarge)
            .AddEntity<Kept>("Kept"),
        services: services => services.Configure<EmbeddedDurableOptions>(options => options.MaximumPayload = Maximum));

    private sealed class Kept : TaskEntity<string>
    {
        public void Append(int count) => State += new string('y', count);

        public int Length() => State.Length;

        protected override string InitializeState(TaskEntityOperation entityOperation) => string.Empty;
    }
}
