using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Tests.Engine.Replay;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.History;

public class StoredHistoryTests
{
    // As the first build stored it. It must never change: every later build has to read and replay it.
    private const string FirstBuild = """
        [{"type":"orchestratorStarted","timestamp":"2026-11-21T06:00:00.1234567Z"},
         {"type":"executionStarted","name":"Test","version":"1.0","input":"{\"a\":1}","executionId":"e1","tags":{"k":"v"},
          "parent":{"name":"Top","instanceId":"top","executionId":"e0","taskId":3},"carriedEvents":[{"name":"Carried","payload":"1"}]},
         {"type":"taskScheduled","taskId":0,"name":"Call","version":"1.0","input":"\"x\"","tags":{"t":"1"}},
         {"type":"subOrchestrationCreated","taskId":1,"name":"Child","version":"","instanceId":"child"},
         {"type":"eventSent","taskId":2,"instanceId":"other","name":"Hello","payload":"true"},
         {"type":"timerCreated","taskId":3,"fireAt":"2026-11-21T06:00:01.1234567Z"},
         {"type":"orchestratorStarted","timestamp":"2026-11-21T06:00:00.2234567Z"},
         {"type":"taskFailed","taskId":0,"failure":{"errorType":"System.TimeoutException","errorMessage":"late","stackTrace":"at X",
          "innerFailure":{"errorType":"E","errorMessage":"m"},"properties":{"number":1,"list":[true,null]}}},
         {"type":"executionSuspended","reason":"why"},
         {"type":"subOrchestrationFailed","taskId":1,"failure":{"errorType":"E","errorMessage":"m"}},
         {"type":"executionResumed"},
         {"type":"eventRaised","name":"Late","payload":"2"},
         {"type":"timerFired","taskId":3}]
        """;

    [Fact]
    public void A_history_of_the_first_build_is_read_in_full()
    {
        IReadOnlyList<HistoryEvent> history = HistoryCodec.ReadEvents(System.Text.Encoding.UTF8.GetBytes(FirstBuild));

        Assert.Equal(13, history.Count);
        ExecutionStarted started = Assert.IsType<ExecutionStarted>(history[1]);
        Assert.Equal(("Test", "1.0", "e1", "v"), (started.Name, started.Version, started.ExecutionId, started.Tags?["k"]));
        Assert.Equal(new ParentLink("Top", "top", "e0", 3), started.Parent);
        Assert.Equal([new EventRaised("Carried", "1")], started.CarriedEvents);
        TaskFailureDetails failure = Assert.IsType<TaskFailed>(history[7]).Failure;
        Assert.Equal(("late", "m", 1.0), (failure.ErrorMessage, failure.InnerFailure?.ErrorMessage, failure.Properties?["number"]));
    }

    [Fact]
    public void A_history_of_the_first_build_is_replayed()
    {
        var orchestration = new ReplayedOrchestration
        {
            Code = async context =>
            {
                Task<object?> call = context.CallActivityAsync<object?>("Call");
                Task<object?> child = context.CallSubOrchestratorAsync<object?>("Child");
                context.SendEvent("other", "Hello", true);
                Task timer = context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
                await Assert.ThrowsAsync<TaskFailedException>(() => call);
                await Assert.ThrowsAsync<TaskFailedException>(() => child);
                await timer;
                int carried = await context.WaitForExternalEvent<int>("carried");
                return carried + await context.WaitForExternalEvent<int>("late") + await context.WaitForExternalEvent<int>("last");
            },
        }.Load(HistoryCodec.ReadEvents(System.Text.Encoding.UTF8.GetBytes(FirstBuild)));

        TurnResult result = orchestration.Turn(new EventRaised("Last", "3"));

        Assert.Equal((OrchestrationRuntimeStatus.Completed, "6"), (result.Status, result.Output));
    }

    [Fact]
    public void Every_event_reads_back_as_it_was_written()
    {
        IReadOnlyList<HistoryEvent> history = HistoryCodec.ReadEvents(System.Text.Encoding.UTF8.GetBytes(FirstBuild));

        byte[] written = HistoryCodec.WriteEvents(history);

        Assert.Equal(written, HistoryCodec.WriteEvents(HistoryCodec.ReadEvents(written)));
        Assert.Equal(history.Select(past => past.GetType()), HistoryCodec.ReadEvents(written).Select(past => past.GetType()));
    }

    [Fact]
    public void What_the_engine_derives_from_an_action_is_not_stored()
    {
        ActionEvent[] actions =
        [
            new TaskScheduled(0, "n", "", null, null),
            new SubOrchestrationCreated(1, "n", "", "i", null, null),
            new TimerCreated(2, default),
            new EventSent(3, "i", "n", null),
            new EntityOperationCalled(4, "@e@k", "o", null),
            new EntityOperationSignaled(5, "@e@k", "o", null, null),
            new EntityLockRequested(6, ["@e@k"]),
            new EntityUnlockSent(7, 6, ["@e@k"]),
        ];

        string stored = System.Text.Encoding.UTF8.GetString(HistoryCodec.WriteEvents(actions));

        Assert.DoesNotContain(nameof(ActionEvent.ActionName), stored, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(nameof(ActionEvent.IsAwaited), stored, StringComparison.OrdinalIgnoreCase);
    }
}
