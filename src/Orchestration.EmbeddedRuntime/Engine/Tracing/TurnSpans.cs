using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;

namespace Orchestration.EmbeddedRuntime.Engine.Tracing;

/// <summary>Tells the spans that a committed turn ended: answered tasks, fired timers, sent events, and the execution itself.</summary>
internal static class TurnSpans
{
    /// <param name="instanceId">The instance.</param>
    /// <param name="history">What earlier turns of the execution recorded.</param>
    /// <param name="result">What the turn decided.</param>
    /// <param name="now">The time, in UTC.</param>
    public static void Tell(string instanceId, IReadOnlyList<HistoryEvent> history, TurnResult result, DateTime now)
    {
        if (!DurableSpans.IsListenedTo || result.Started is not { TraceParent: not null } execution)
        {
            return;
        }

        ResultEvent[] answers = [.. result.NewEvents.OfType<ResultEvent>()];
        if (answers.Length > 0)
        {
            Dictionary<int, (ActionEvent Action, DateTime Begin)> asked = Asked(history);
            foreach (ResultEvent answer in answers)
            {
                if (asked.TryGetValue(answer.TaskId, out var question))
                {
                    TellTask(instanceId, execution, question.Action, answer, question.Begin, now);
                }
            }
        }

        foreach (EventSent sent in result.Actions.OfType<EventSent>())
        {
            DurableSpans.Tell(execution, sent.TaskId, ActivityKind.Producer, "event", $"orchestration_event:{sent.Name}", now, now, span => span
                .SetTag("durabletask.task.name", sent.Name)
                .SetTag("durabletask.task.instance_id", instanceId)
                .SetTag("durabletask.task.execution_id", execution.ExecutionId)
                .SetTag("durabletask.event.target_instance_id", sent.InstanceId));
        }

        foreach (EntityOperationSignaled signal in result.Actions.OfType<EntityOperationSignaled>())
        {
            TellRequest(execution, signal.TaskId, signal.EntityId, signal.Operation, signal.SignalTime, isSignal: true, null, now, now);
        }

        if (result.IsTerminal || result.Next is not null)
        {
            TellExecution(instanceId, execution, history, result, now);
        }
    }

    private static Dictionary<int, (ActionEvent Action, DateTime Begin)> Asked(IReadOnlyList<HistoryEvent> history)
    {
        var asked = new Dictionary<int, (ActionEvent, DateTime)>();
        DateTime turn = default;
        foreach (HistoryEvent past in history)
        {
            turn = past is OrchestratorStarted started ? started.Timestamp : turn;
            if (past is ActionEvent action)
            {
                asked[action.TaskId] = (action, turn);
            }
        }

        return asked;
    }

    private static void TellTask(
        string instanceId, ExecutionStarted execution, ActionEvent action, ResultEvent answer, DateTime begin, DateTime now)
    {
        TaskFailureDetails? failure = answer switch
        {
            TaskFailed failed => failed.Failure,
            SubOrchestrationFailed failed => failed.Failure,
            EntityOperationFailed failed => failed.Failure,
            _ => null,
        };
        switch (action)
        {
            case TaskScheduled call:
                Tell(ActivityKind.Client, "activity", DurableSpans.Name("activity", call.Name, call.Version), call.Name, call.Version);
                break;
            case SubOrchestrationCreated child:
                Tell(ActivityKind.Client, "orchestration", DurableSpans.Name("orchestration", child.Name, child.Version), child.Name, child.Version);
                break;
            case EntityOperationCalled call:
                TellRequest(execution, call.TaskId, call.EntityId, call.Operation, null, isSignal: false, failure, begin, now);
                break;
            case TimerCreated timer:
                DurableSpans.Tell(
                    execution, timer.TaskId, ActivityKind.Internal, "timer", $"orchestration:{execution.Name}:timer", begin, now, span => DurableSpans
                        .Tag(span, "timer", execution.Name, instanceId, string.Empty)
                        ?.SetTag("durabletask.fire_at", timer.FireAt.ToString("o"))
                        .SetTag("durabletask.task.task_id", timer.TaskId));
                break;
        }

        void Tell(ActivityKind kind, string type, string spanName, string name, string version) =>
            DurableSpans.Tell(execution, action.TaskId, kind, type, spanName, begin, now, span =>
            {
                DurableSpans.Tag(span, type, name, instanceId, version)?.SetTag("durabletask.task.task_id", action.TaskId);
                if (failure is not null)
                {
                    span.SetStatus(ActivityStatusCode.Error, failure.ErrorMessage);
                }
            });
    }

    private static void TellRequest(
        ExecutionStarted execution,
        int taskId,
        string entityId,
        string operation,
        DateTime? signalTime,
        bool isSignal,
        TaskFailureDetails? failure,
        DateTime begin,
        DateTime end)
    {
        EntityInstanceId target = EntityInstanceId.FromString(entityId);
        ActivityKind kind = isSignal ? ActivityKind.Producer : ActivityKind.Client;
        DurableSpans.Tell(execution, taskId, kind, EntitySpans.Type, EntitySpans.Name(target, operation), begin, end, span =>
        {
            EntitySpans.TagRequest(span, target, isSignal, signalTime);
            if (failure is not null)
            {
                EntitySpans.Fail(span, failure.ErrorMessage);
            }
        });
    }

    private static void TellExecution(
        string instanceId, ExecutionStarted execution, IReadOnlyList<HistoryEvent> history, TurnResult result, DateTime now)
    {
        DateTime begin = history.Concat(result.NewEvents).OfType<OrchestratorStarted>().First().Timestamp;
        string status = result.Next is null ? result.Status.ToString() : "ContinuedAsNew";
        DurableSpans.Tell(
            execution, null, ActivityKind.Server, "orchestration", DurableSpans.Name("orchestration", execution.Name, execution.Version), begin, now, span =>
            {
                DurableSpans.Tag(span, "orchestration", execution.Name, instanceId, execution.Version)?.SetTag("durabletask.task.status", status);
                if (result.Status is OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated)
                {
                    span.SetStatus(ActivityStatusCode.Error, result.Failure?.ErrorMessage ?? result.Output);
                }
            });
    }
}
