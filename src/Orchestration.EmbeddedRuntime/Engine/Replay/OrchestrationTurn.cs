using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay;

/// <summary>Gives the object that runs an orchestrator; null when none is registered under this name and version.</summary>
internal delegate ITaskOrchestrator? OrchestratorResolver(TaskName name, TaskVersion version);

/// <summary>What every turn of a worker shares.</summary>
internal sealed record TurnSettings(
    DataConverter Converter,
    TimeSpan MaximumTimerInterval,
    DurableTaskWorkerOptions.VersioningOptions? Versioning,
    FailureDescriber Failures,
    ILoggerFactory Loggers)
{
    /// <summary>Whether orchestrators may use entities.</summary>
    public bool HasEntities { get; init; } = true;
}

/// <summary>What one turn works on.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="History">What earlier turns of this execution recorded.</param>
/// <param name="Inbound">What has come in since, oldest first.</param>
/// <param name="Now">The time, in UTC.</param>
/// <param name="ForeignWorkAfterTurn">
/// Called from any thread when it shows, after the turn, that the orchestrator waits for something that is not durable.
/// The answer is to send it a <see cref="ForeignWorkDetected"/>.
/// </param>
internal sealed record TurnInput(
    string InstanceId,
    IReadOnlyList<HistoryEvent> History,
    IReadOnlyList<HistoryEvent> Inbound,
    DateTime Now,
    Action ForeignWorkAfterTurn);

/// <summary>What one turn decided. Nothing has happened yet: it happens when this is committed.</summary>
internal sealed record TurnResult
{
    public required ExecutionStarted? Started { get; init; }

    /// <summary>Where the instance stands after the turn. While it continues as new, Running.</summary>
    public required OrchestrationRuntimeStatus Status { get; init; }

    /// <summary>What the turn adds to the history, in order.</summary>
    public required IReadOnlyList<HistoryEvent> NewEvents { get; init; }

    /// <summary>What the orchestrator asked for in this turn; also in <see cref="NewEvents"/>.</summary>
    public IReadOnlyList<ActionEvent> Actions { get; init; } = [];

    /// <summary>Awaited work of earlier turns whose answer nobody wants any more: cancelled timers, and all of it when terminated.</summary>
    public IReadOnlyList<ActionEvent> Abandoned { get; init; } = [];

    public string? Output { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>What the orchestrator threw, for the log.</summary>
    public Exception? Exception { get; init; }

    /// <summary>The custom status that the orchestrator set; see <see cref="SetsCustomStatus"/>.</summary>
    public string? CustomStatus { get; init; }

    public bool SetsCustomStatus { get; init; }

    /// <summary>The next execution, when the orchestrator continues as new.</summary>
    public ExecutionStarted? Next { get; init; }

    /// <summary>Whether sub-orchestrations among <see cref="Abandoned"/> are terminated as well.</summary>
    public bool TerminatesChildren { get; init; }

    /// <summary>Critical sections that end with the execution, because the orchestrator did not leave them.</summary>
    public IReadOnlyList<EntityLockRequested> UnreleasedLocks { get; init; } = [];

    /// <summary>What ran the turn; null: nothing did. The next turn may go on with it once this one is committed.</summary>
    public OrchestrationExecution? Execution { get; init; }

    /// <summary>Whether this worker's version rules keep it from running the instance; then nothing else counts.</summary>
    public bool IsRejected { get; init; }

    public bool IsTerminal => Status
        is OrchestrationRuntimeStatus.Completed
        or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated;
}

/// <summary>One turn of an orchestration: history and new messages in, decisions out. It does no I/O.</summary>
internal static class OrchestrationTurn
{
    /// <param name="input">What the turn works on.</param>
    /// <param name="settings">What every turn of the worker shares.</param>
    /// <param name="resolver">Gives the orchestrator, where it is to be replayed.</param>
    /// <param name="warm">What ran the turn before; null: the history is replayed.</param>
    public static TurnResult Run(TurnInput input, TurnSettings settings, OrchestratorResolver resolver, OrchestrationExecution? warm = null)
    {
        TurnResult result = warm is null ? RunExecution(input, settings, resolver) : GoOn(input, warm);
        return result.IsTerminal || result.Next is not null
            ? result with { UnreleasedLocks = EntityLocks.Unreleased([.. input.History, .. result.NewEvents]) }
            : result;
    }

    private static TurnResult GoOn(TurnInput input, OrchestrationExecution warm)
    {
        List<HistoryEvent> inbound = [.. input.Inbound.Where(message => message is not ExecutionStarted)];
        var beginning = new OrchestratorStarted(input.Now > warm.CurrentUtcDateTime ? input.Now : warm.CurrentUtcDateTime.AddTicks(1));
        return Terminated(input, warm.Started, beginning, inbound) ?? warm.GoOn(input.History, beginning, inbound);
    }

    private static TurnResult RunExecution(TurnInput input, TurnSettings settings, OrchestratorResolver resolver)
    {
        DateTime turnTime = input.Now;
        ExecutionStarted? started = null;
        foreach (HistoryEvent past in input.History)
        {
            if (past is OrchestratorStarted turn && turn.Timestamp >= turnTime)
            {
                // Time advances with every turn, however coarse the clock.
                turnTime = turn.Timestamp.AddTicks(1);
            }

            started ??= past as ExecutionStarted;
        }

        List<HistoryEvent> inbound = [.. input.Inbound.Where(message => message is not ExecutionStarted)];
        if (started is null && input.Inbound.OfType<ExecutionStarted>().FirstOrDefault() is { } request)
        {
            // Events that were raised before a scheduled start wait for it.
            started = request;
            inbound.Insert(0, request);
        }

        var beginning = new OrchestratorStarted(turnTime);
        if (Terminated(input, started, beginning, inbound) is { } terminated)
        {
            return terminated;
        }

        return started is null
            ? throw new InvalidOperationException($"Instance '{input.InstanceId}' has a turn before its start.")
            : new OrchestrationExecution(input.InstanceId, started, settings, resolver, input.ForeignWorkAfterTurn)
                .Run(input.History, beginning, inbound);
    }

    /// <summary>The end by termination, which counts before anything else; null: nobody asked for it.</summary>
    private static TurnResult? Terminated(
        TurnInput input, ExecutionStarted? started, OrchestratorStarted beginning, IReadOnlyList<HistoryEvent> inbound) =>
        inbound.OfType<ExecutionTerminated>().FirstOrDefault() is { } terminated
            ? new TurnResult
            {
                Started = started,
                Status = OrchestrationRuntimeStatus.Terminated,
                NewEvents = [beginning, .. inbound],
                Abandoned = OpenWork.Of(input.History),
                Output = terminated.Output,
                TerminatesChildren = terminated.Recursive,
            }
            : null;
}
