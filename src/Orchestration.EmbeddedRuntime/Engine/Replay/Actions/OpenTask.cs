using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay.Actions;

/// <summary>Something that an orchestrator asked for and has had no answer to.</summary>
internal sealed class OpenTask(ActionEvent action, int attempt)
{
    public ActionEvent Action { get; } = action;

    /// <summary>Which attempt of the same thing this is, from 1.</summary>
    public int Attempt { get; } = attempt;

    /// <summary>Completes on the orchestrator's thread, and what awaits it runs at once.</summary>
    public TaskCompletionSource<string?> Answer { get; } = new();

    /// <summary>What is to be undone once the answer is there.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Whether an event is of the kind that answers this.</summary>
    public bool IsAnsweredBy(ResultEvent result) => result switch
    {
        TaskCompleted or TaskFailed => Action is TaskScheduled,
        SubOrchestrationCompleted or SubOrchestrationFailed => Action is SubOrchestrationCreated,
        TimerFired => Action is TimerCreated,
        EntityOperationCompleted or EntityOperationFailed => Action is EntityOperationCalled,
        EntityLockGranted => Action is EntityLockRequested,
        _ => false,
    };

    public void Complete(ResultEvent result)
    {
        Cancellation.Dispose();
        switch (result)
        {
            case TaskCompleted completed:
                Answer.SetResult(completed.Result);
                break;
            case SubOrchestrationCompleted completed:
                Answer.SetResult(completed.Result);
                break;
            case TaskFailed failed:
                Answer.SetException(new TaskFailedException(Action.ActionName, Action.TaskId, failed.Failure));
                break;
            case SubOrchestrationFailed failed:
                Answer.SetException(new TaskFailedException(Action.ActionName, Action.TaskId, failed.Failure));
                break;
            case EntityOperationCompleted completed:
                Answer.SetResult(completed.Result);
                break;
            case EntityOperationFailed failed when Action is EntityOperationCalled call:
                Answer.SetException(new EntityOperationFailedException(EntityInstanceId.FromString(call.EntityId), call.Operation, failed.Failure));
                break;
            default:
                Answer.SetResult(null);
                break;
        }
    }
}
