using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Store.Reading;

namespace Orchestration.EmbeddedRuntime.Engine.Rewinding;

/// <summary>
/// Finds where a failed instance can go on. Failures that the orchestrator failed of are taken out of its history, so that those tasks run
/// again and everything else is kept. Failures that it answered, by a retry or a compensation, stay: its code has gone on from there.
/// Only when it failed of such a one in the end does it go back to before the last of them. The turn that failed is run again, so what
/// that turn sent to others is sent again.
/// </summary>
internal static class RewindPlanner
{
    /// <returns>The instance, and the failed sub-orchestrations that are rewound with it.</returns>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    /// <exception cref="InvalidOperationException">It has not failed, or cannot go on.</exception>
    public static IReadOnlyList<RewoundInstance> Plan(DurableEngine engine, string instanceId)
    {
        StoredInstance stored = engine.Reader.Inspect(instanceId)
            ?? throw new ArgumentException($"An orchestration with the instanceId {instanceId} was not found.", nameof(instanceId));
        if (stored.Instance.Status != OrchestrationRuntimeStatus.Failed)
        {
            throw new InvalidOperationException($"Instance '{instanceId}' is {stored.Instance.Status}: only a failed one can be rewound.");
        }

        var all = new List<RewoundInstance> { Plan(engine, stored) };
        for (int next = 0; next < all.Count; next++)
        {
            foreach (SubOrchestrationCreated child in all[next].Open.OfType<SubOrchestrationCreated>())
            {
                if (engine.Reader.Inspect(child.InstanceId) is { Instance.Status: OrchestrationRuntimeStatus.Failed } failed
                    && StartOf(failed)?.Parent is { } parent
                    && (parent.InstanceId, parent.ExecutionId, parent.TaskId) == (all[next].InstanceId, all[next].Started.ExecutionId, child.TaskId))
                {
                    all.Add(Plan(engine, failed));
                }
            }
        }

        return all;
    }

    private static RewoundInstance Plan(DurableEngine engine, StoredInstance stored)
    {
        string instanceId = stored.Instance.InstanceId;
        HistoryEvent[] history = [.. stored.Turns.SelectMany(turn => turn)];
        if (StartOf(stored) is not { } started || history[^1] is not ExecutionFailed end)
        {
            throw new InvalidOperationException($"Instance '{instanceId}' has no history that it could go on from.");
        }

        HashSet<int> failures = [.. Replay(engine, instanceId, started, history[..^1], stored.Turns[^1].Count)];
        int kept = failures.Count == 0 && IsOfATask(end.Failure)
            ? stored.Turns.ToList().FindLastIndex(turn => turn.Any(IsFailure))
            : stored.Turns.Count - 1;
        RewoundInstance rewound = Cut(stored, started, Math.Max(kept, 0), failures);
        return EntityLocks.Unreleased(rewound.Turns.SelectMany(turn => turn)).Count == 0
            ? rewound
            : throw new InvalidOperationException(
                $"Instance '{instanceId}' failed in a critical section, whose entities are no longer locked, so it cannot go on there.");
    }

    private static IReadOnlyList<int> Replay(
        DurableEngine engine, string instanceId, ExecutionStarted started, HistoryEvent[] history, int lastTurn)
    {
        WorkerTasks tasks = engine.Tasks
            ?? throw new InvalidOperationException($"No worker runs that knows the orchestrator of instance '{instanceId}', so it cannot be rewound.");
        ExecutionState state = tasks.Run(resolve =>
            new OrchestrationExecution(instanceId, started, tasks.Settings, resolve, static () => { }).Inspect(history));
        // Code that was mended does something else in the last turn, which is run again.
        bool diverges = state.Repeated <= history.Length + 1 - lastTurn;
        string? obstacle = state.Refusal?.ErrorMessage ?? (diverges ? state.Divergence?.Message : null);
        return obstacle is null
            ? state.UnansweredFailures
            : throw new InvalidOperationException($"Instance '{instanceId}' cannot be rewound with the code of today: {obstacle}");
    }

    /// <summary>Keeps the first turns; of later ones only what came in is used again, because the code may do something else with it.</summary>
    private static RewoundInstance Cut(StoredInstance stored, ExecutionStarted started, int keptTurns, HashSet<int> failures)
    {
        List<IReadOnlyList<HistoryEvent>> kept =
        [
            .. stored.Turns.Take(keptTurns).Select(IReadOnlyList<HistoryEvent> (turn) =>
                [.. turn.Where(past => !IsFailure(past) || !failures.Contains(((ResultEvent)past).TaskId))]),
        ];
        HashSet<int> asked = [.. kept.SelectMany(turn => turn).OfType<ActionEvent>().Select(action => action.TaskId)];
        return new RewoundInstance(
            stored.Instance.Key, stored.Instance.InstanceId, started, kept, [.. stored.Turns.Skip(keptTurns).SelectMany(turn => turn).Where(CameIn)]);

        bool CameIn(HistoryEvent past) => past switch
        {
            ExecutionStarted or EventRaised or ExecutionSuspended or ExecutionResumed => true,
            ResultEvent result => !IsFailure(result) && asked.Contains(result.TaskId),
            _ => false,
        };
    }

    private static ExecutionStarted? StartOf(StoredInstance stored) =>
        stored.Turns.SelectMany(turn => turn).OfType<ExecutionStarted>().FirstOrDefault();

    private static bool IsFailure(HistoryEvent past) => past is TaskFailed or SubOrchestrationFailed or EntityOperationFailed;

    private static bool IsOfATask(TaskFailureDetails? failure) =>
        failure is not null && (failure.ErrorType == typeof(TaskFailedException).FullName || IsOfATask(failure.InnerFailure));
}
