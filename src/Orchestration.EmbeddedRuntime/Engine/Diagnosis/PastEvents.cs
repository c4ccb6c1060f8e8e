using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Diagnosis;

/// <summary>What a history alone tells: when things happened, and what failed last.</summary>
internal sealed class PastEvents
{
    private readonly Dictionary<int, (ActionEvent Action, DateTime At)> _actions = [];

    public PastEvents(IEnumerable<HistoryEvent> history)
    {
        DateTime now = default;
        foreach (HistoryEvent past in history)
        {
            switch (past)
            {
                case OrchestratorStarted turn:
                    LastTurn = now = turn.Timestamp;
                    break;
                case ActionEvent action:
                    _actions[action.TaskId] = (action, now);
                    break;
                case TaskFailed failed:
                    LastFailure = (NameOf(failed.TaskId), failed.Failure, now);
                    break;
                case SubOrchestrationFailed failed:
                    LastFailure = (NameOf(failed.TaskId), failed.Failure, now);
                    break;
                case EntityOperationFailed failed:
                    LastFailure = (NameOf(failed.TaskId), failed.Failure, now);
                    break;
                case ExecutionSuspended suspended:
                    Suspension ??= (suspended.Reason, now);
                    break;
                case ExecutionResumed:
                    Suspension = null;
                    break;
            }
        }
    }

    /// <summary>When the last turn began; null: there was none.</summary>
    public DateTime? LastTurn { get; }

    /// <summary>The newest failure of a task.</summary>
    public (string Task, TaskFailureDetails Failure, DateTime At)? LastFailure { get; }

    /// <summary>The suspension that holds; null: none does.</summary>
    public (string? Reason, DateTime At)? Suspension { get; }

    /// <summary>When something was asked for.</summary>
    public DateTime TimeOf(ActionEvent action) => _actions.TryGetValue(action.TaskId, out var asked) ? asked.At : LastTurn ?? default;

    private string NameOf(int task) => _actions.TryGetValue(task, out var asked) ? asked.Action.ActionName : string.Empty;
}
