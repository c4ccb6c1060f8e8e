using DurableTask.Core.History;
using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Tests.Engine.History;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

/// <summary>Histories as clients read them, with the types of the Durable Task Framework.</summary>
public class ClientHistoryTests
{
    [Fact]
    public async Task A_history_has_each_turn_with_what_came_in_and_what_was_asked_for()
    {
        await using var host = await DurableTestHost.StartAsync(RecordedOrchestrators.Register);
        await host.RunAsync("Activities", "x", new StartOrchestrationOptions("it") { Version = "1.2" });

        IList<HistoryEvent> history = await host.Client.GetOrchestrationHistoryAsync("it");

        Assert.Equal(
            [
                EventType.OrchestratorStarted, EventType.ExecutionStarted, EventType.TaskScheduled, EventType.OrchestratorCompleted,
                EventType.OrchestratorStarted, EventType.TaskCompleted, EventType.TaskScheduled, EventType.TaskScheduled, EventType.OrchestratorCompleted,
            ],
            history.Take(9).Select(past => past.EventType));
        Assert.Equal((EventType.OrchestratorCompleted, EventType.ExecutionCompleted), (history[^1].EventType, history[^2].EventType));
        var started = Assert.IsType<ExecutionStartedEvent>(history[1]);
        Assert.Equal(("Activities", "1.2", "\"x\"", "it"), (started.Name, started.Version, started.Input, started.OrchestrationInstance?.InstanceId));
        var scheduled = Assert.IsType<TaskScheduledEvent>(history[2]);
        Assert.Equal((0, "Echo", 0), (scheduled.EventId, scheduled.Name, Assert.IsType<TaskCompletedEvent>(history[5]).TaskScheduledId));
        Assert.Equal("blue", Assert.IsType<TaskScheduledEvent>(history[6]).Tags?["color"]);
        Assert.True(history[4].Timestamp > history[0].Timestamp);
    }

    [Fact]
    public async Task Failures_timers_children_events_and_entities_are_told()
    {
        await using var host = await DurableTestHost.StartAsync(RecordedOrchestrators.Register);
        foreach (string name in new[] { "Failure", "Timers", "Children", "Events", "Entities", "Termination" })
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync(name, "+", new StartOrchestrationOptions(name));
            await RecordedOrchestrators.All[name](host, name);
        }

        Assert.Equal("inside", (await OfAsync<TaskFailedEvent>("Failure"))[0].FailureDetails?.InnerFailure?.ErrorMessage);
        Assert.Equal("for good", (await OfAsync<ExecutionCompletedEvent>("Failure"))[0].FailureDetails?.InnerFailure?.ErrorMessage);
        Assert.Equal(
            (await OfAsync<TimerCreatedEvent>("Timers"))[0].FireAt, (await OfAsync<TimerFiredEvent>("Timers"))[0].FireAt);
        Assert.Equal("Children:named", (await OfAsync<SubOrchestrationInstanceCreatedEvent>("Children"))[1].InstanceId);
        Assert.Equal("the child's", (await OfAsync<SubOrchestrationInstanceFailedEvent>("Children"))[0].Reason);
        Assert.Contains(await OfAsync<EventRaisedEvent>("Events"), raised => raised is { Name: "BUFFERED", Input: "1" });
        Assert.Contains(await OfAsync<EventSentEvent>("Entities"), sent => sent is { InstanceId: "@counter@Entities-2", Name: "Add", Input: "10" });
        Assert.Equal("\"the end\"", (await OfAsync<ExecutionTerminatedEvent>("Termination"))[0].Input);

        async Task<T[]> OfAsync<T>(string instanceId) => [.. (await host.Client.GetOrchestrationHistoryAsync(instanceId)).OfType<T>()];
    }

    [Fact]
    public async Task The_history_of_nobody_is_an_argument_error()
    {
        await using var host = await DurableTestHost.StartAsync(_ => { });

        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.GetOrchestrationHistoryAsync("nobody"));
    }
}
