using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Engine;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Store;

namespace Orchestration.EmbeddedRuntime;

/// <summary>
/// Exports histories, and runs them against the orchestrators of today. A service of every host with the embedded engine; safe for
/// concurrent use.
/// </summary>
public sealed class InstanceHistories
{
    private readonly DurableEngine _engine;
    private readonly Lazy<WorkerTasks> _ownTasks;

    internal InstanceHistories(DurableEngine engine, IServiceProvider services)
    {
        _engine = engine;
        _ownTasks = new Lazy<WorkerTasks>(() => new WorkerTasks(
            services.GetRequiredService<IOptionsMonitor<DurableTaskRegistry>>().CurrentValue,
            services.GetRequiredService<IOptionsMonitor<DurableTaskWorkerOptions>>().CurrentValue,
            new DurableTaskWorkerWorkItemFilters(),
            services));
    }

    /// <summary>The history of an instance's current execution as a JSON document, whose form later builds keep reading.</summary>
    /// <returns>Null when there is no such instance.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public string? Export(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return _engine.Reader.Inspect(instanceId) is { } stored ? HistoryDocument.Of(stored).Write() : null;
    }

    /// <summary>
    /// Runs the registered orchestrator over an exported history, on the calling thread. Nothing is stored, and neither activities nor
    /// anything else outside the orchestrator runs.
    /// </summary>
    /// <exception cref="FormatException">The text is no exported history.</exception>
    public ReplayReport Replay(string document)
    {
        HistoryDocument history = HistoryDocument.Read(document);
        HistoryEvent[] events = [.. history.Turns.SelectMany(turn => turn)];
        return new ReplayReport(history.InstanceId, history.Name, events.Length, Diverge(history.InstanceId, events));
    }

    private ReplayDivergence? Diverge(string instanceId, IReadOnlyList<HistoryEvent> events)
    {
        if (events.OfType<ExecutionStarted>().FirstOrDefault() is not { } started)
        {
            // It was terminated before its first turn, or has had none yet.
            return null;
        }

        WorkerTasks tasks = _engine.Tasks ?? _ownTasks.Value;
        ExecutionState state = tasks.Run(resolve =>
            new OrchestrationExecution(instanceId, started, tasks.Settings, resolve, static () => { }).Inspect(events));
        return state switch
        {
            { Refusal: { } refusal } => Differs(1, $"the orchestrator '{started.Name}'", "nothing", refusal.ErrorMessage),
            { Divergence: { } divergence } => Differs(state.Repeated, divergence.Recorded, divergence.Repeated, divergence.Message),
            _ => CompareEnds(events, state.Ending),
        };
    }

    private static ReplayDivergence? CompareEnds(IReadOnlyList<HistoryEvent> events, TurnResult? ending)
    {
        if (events.Any(past => past is ExecutionTerminated))
        {
            return null;
        }

        (int index, string recorded) = events[^1] switch
        {
            ExecutionCompleted completed => (events.Count - 1, $"its end with the result {completed.Result ?? "null"}"),
            ExecutionFailed failed => (events.Count - 1, $"its failure: {failed.Failure}"),
            _ => (events.Count, "something that it waits for"),
        };
        string replayed = ending switch
        {
            null => "something that it waits for",
            { Next: not null } => "its continuation as new",
            { Failure: { } failure } => $"its failure: {failure}",
            _ => $"its end with the result {ending.Output ?? "null"}",
        };
        return recorded == replayed
            ? null
            : Differs(index, recorded, replayed, $"At its end the history has {recorded}, but the orchestrator now comes to {replayed}.");
    }

    private static ReplayDivergence Differs(int index, string recorded, string replayed, string message) => new(index, recorded, replayed, message);
}
