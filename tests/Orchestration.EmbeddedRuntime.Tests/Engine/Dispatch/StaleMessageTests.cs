using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Engine;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Dispatch;

/// <summary>Messages that are meant for an execution that is no more, or that come twice.</summary>
public class StaleMessageTests
{
    [Fact]
    public async Task An_answer_to_an_earlier_execution_does_not_answer_the_same_number_of_this_one()
    {
        var held = new HeldActivity();
        await using var host = await StartInSecondGenerationAsync(held);

        Deliver(host, new TaskCompleted(0, "\"stale\""), "the execution before");
        held.Release.SetResult("current");

        Assert.Equal("current", (await host.EndOfAsync("it")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_second_start_of_a_running_instance_is_dropped()
    {
        var held = new HeldActivity();
        await using var host = await StartInSecondGenerationAsync(held);

        Deliver(host, new ExecutionStarted("Generations", string.Empty, "7", "another execution"), null);
        held.Release.SetResult("current");

        OrchestrationMetadata ended = await host.EndOfAsync("it");
        Assert.Equal(("current", "1"), (ended.ReadOutputAs<string>(), ended.SerializedInput));
        Assert.Equal(1, held.Calls);
    }

    [Fact]
    public async Task A_second_answer_to_one_call_is_ignored_and_logged()
    {
        var held = new HeldActivity();
        await using var host = await StartInSecondGenerationAsync(held);
        DurableEngine engine = host.Services.GetRequiredService<DurableEngine>();
        string? executionId = engine.Reader.Inspect("it")?.Turns[0].OfType<ExecutionStarted>().Single().ExecutionId;

        Deliver(host, new TaskCompleted(0, "\"first\""), executionId);
        Deliver(host, new TaskCompleted(0, "\"second\""), executionId);
        await Eventually.TrueAsync(() => Task.FromResult(host.Logs.OfTasks(709).Count > 0), host.Timeout);
        await host.Client.RaiseEventAsync("it", "End", host.Timeout);

        Assert.Equal("first", (await host.EndOfAsync("it")).ReadOutputAs<string>());
        held.Release.SetResult("late");
    }

    private static void Deliver(DurableTestHost host, HistoryEvent message, string? executionId)
    {
        DurableEngine engine = host.Services.GetRequiredService<DurableEngine>();
        long key = engine.Reader.Get("it", withPayloads: false)?.Key ?? throw new InvalidOperationException("It has not been started.");
        engine.Dispatcher.Deliver(new Delivery(key, "it", new InboxMessage(message, executionId, null)));
    }

    private static async Task<DurableTestHost> StartInSecondGenerationAsync(HeldActivity held)
    {
        DurableTestHost host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, string>("Generations", async (context, generation) =>
            {
                if (generation == 0)
                {
                    context.ContinueAsNew(1);
                    return string.Empty;
                }

                Task<string> end = context.WaitForExternalEvent<string>("End");
                string result = await context.CallActivityAsync<string>("Hold");
                if (result == "first")
                {
                    await end;
                }

                return result;
            })
            .AddActivityFunc("Hold", (TaskActivityContext _) => held.RunAsync()));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Generations", 0, new StartOrchestrationOptions("it"), host.Timeout);
        await held.Started.Task.WaitAsync(host.Timeout);
        return host;
    }

    private sealed class HeldActivity
    {
        private int _calls;

        public int Calls => _calls;

        public TaskCompletionSource Started { get; } = new();

        public TaskCompletionSource<string> Release { get; } = new();

        public Task<string> RunAsync()
        {
            Interlocked.Increment(ref _calls);
            Started.TrySetResult();
            return Release.Task;
        }
    }
}
