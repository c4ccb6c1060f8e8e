using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests;

/// <summary>A history of yesterday's code against a change of it.</summary>
public class InstanceHistoriesTests
{
    [Fact]
    public async Task An_instance_that_does_not_exist_has_no_history()
    {
        await using var host = await StartAsync(Original);

        Assert.Null(Histories(host).Export("nobody"));
    }

    [Fact]
    public async Task The_code_that_made_a_history_repeats_it_without_running_anything_but_the_orchestrator()
    {
        string document = await RecordAsync();
        int calls = 0;
        await using var today = await StartAsync(Original, () => calls++);

        ReplayReport report = Histories(today).Replay(document);

        Assert.Equal(new ReplayReport("it", "Subject", 9, null), report);
        Assert.Equal(0, calls);
    }

    public static TheoryData<string, Func<TaskOrchestrationContext, Task<int>>, int, string, string> Changes => new()
    {
        {
            "another activity",
            async context => await context.CallActivityAsync<int>("Renamed") + await context.CallActivityAsync<int>("Second"),
            2,
            "the activity 'First'",
            "the activity 'Renamed'"
        },
        {
            "an activity less",
            async context => await context.CallActivityAsync<int>("First"),
            5,
            "the activity 'Second'",
            "nothing"
        },
        {
            "an activity more, at once",
            async context =>
            {
                Task<int> first = context.CallActivityAsync<int>("First");
                Task<int> surplus = context.CallActivityAsync<int>("Surplus");
                return await first + await surplus;
            },
            3,
            "nothing",
            "the activity 'Surplus'"
        },
        {
            "an activity more, at the end",
            async context => await context.CallActivityAsync<int>("First") + await context.CallActivityAsync<int>("Second")
                + await context.CallActivityAsync<int>("Third"),
            9,
            "nothing",
            "the activity 'Third'"
        },
        {
            "another result",
            async context => 1 + await context.CallActivityAsync<int>("First") + await context.CallActivityAsync<int>("Second"),
            8,
            "its end with the result 2",
            "its end with the result 3"
        },
        {
            "a failure",
            async context => await context.CallActivityAsync<int>("First") + await context.CallActivityAsync<int>("Second") == 2
                ? throw new InvalidOperationException("no")
                : 0,
            8,
            "its end with the result 2",
            "its failure: System.InvalidOperationException: no"
        },
        {
            "a wait",
            async context => await context.CallActivityAsync<int>("First") + await context.CallActivityAsync<int>("Second")
                + await context.WaitForExternalEvent<int>("Never"),
            8,
            "its end with the result 2",
            "something that it waits for"
        },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task The_first_place_where_changed_code_differs_is_told_with_both_sides(
        string change, Func<TaskOrchestrationContext, Task<int>> code, int index, string recorded, string replayed)
    {
        string document = await RecordAsync();
        await using var today = await StartAsync(code);

        ReplayDivergence? divergence = Histories(today).Replay(document).Divergence;

        Assert.Equal((change, index, recorded, replayed), (change, divergence?.EventIndex, divergence?.Recorded, divergence?.Replayed));
    }

    [Fact]
    public async Task An_orchestrator_that_is_no_longer_there_is_told()
    {
        string document = await RecordAsync();
        await using var today = await DurableTestHost.StartAsync(_ => { });

        ReplayDivergence? divergence = Histories(today).Replay(document).Divergence;

        Assert.Equal((1, "nothing"), (divergence?.EventIndex, divergence?.Replayed));
        Assert.Contains("No orchestrator named 'Subject'", divergence?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"format":"orchestration-history/2"}""")]
    [InlineData("""{"format":"orchestration-history/1","instanceId":"a","name":"b","runtimeStatus":"c","turns":[[{"type":"unheardOf"}]]}""")]
    [InlineData("""{"format":"orchestration-history/1","instanceId":"a","name":"b","runtimeStatus":"c","turns":[3]}""")]
    public async Task A_document_that_is_no_history_is_refused(string document)
    {
        await using var host = await StartAsync(Original);

        Assert.Throws<FormatException>(() => Histories(host).Replay(document));
    }

    private static async Task<int> Original(TaskOrchestrationContext context) =>
        await context.CallActivityAsync<int>("First") + await context.CallActivityAsync<int>("Second");

    private static async Task<string> RecordAsync()
    {
        await using var yesterday = await StartAsync(Original);
        await yesterday.RunAsync("Subject", options: new StartOrchestrationOptions("it"));
        return Histories(yesterday).Export("it") ?? string.Empty;
    }

    private static Task<DurableTestHost> StartAsync(Func<TaskOrchestrationContext, Task<int>> code, Action? called = null) =>
        DurableTestHost.StartAsync(tasks =>
        {
            tasks.AddOrchestratorFunc("Subject", code);
            foreach (string name in new[] { "First", "Second", "Third", "Surplus", "Renamed" })
            {
                tasks.AddActivityFunc(name, (TaskActivityContext _) =>
                {
                    called?.Invoke();
                    return 1;
                });
            }
        });

    private static InstanceHistories Histories(DurableTestHost host) => host.Services.GetRequiredService<InstanceHistories>();
}
