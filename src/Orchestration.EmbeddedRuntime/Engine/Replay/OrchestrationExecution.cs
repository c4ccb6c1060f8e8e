using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay;

/// <summary>
/// Replays one execution from its history, feeds it what is new, and records what it asks for. It lives for one turn, or is kept for the
/// turns that follow, and belongs to the thread that runs the turn.
/// </summary>
internal sealed class OrchestrationExecution
{
    private const string NotDurable =
        "An invalid asynchronous invocation was detected: the orchestrator awaited something that did not come from its context, "
        + "such as Task.Delay, Task.Run, I/O, or a task with ConfigureAwait(false). Use activities and durable timers instead.";

    private readonly OrchestratorScheduler _scheduler;
    private readonly SortedDictionary<int, ActionEvent> _unrecorded = [];
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly List<ActionEvent> _abandoned = [];
    private readonly Queue<HistoryEvent> _held = new();
    private readonly List<int> _unansweredFailures = [];
    private readonly OrchestratorResolver _resolver;
    private readonly EmbeddedOrchestrationContext _context;

    private Task<object?>? _orchestrator;
    private TaskFailureDetails? _refusal;
    private int _nextTaskId;
    private bool _isSuspended;
    private bool _isRejected;
    private int _repeated;

    public OrchestrationExecution(
        string instanceId,
        ExecutionStarted started,
        TurnSettings settings,
        OrchestratorResolver resolver,
        Action foreignWorkAfterTurn)
    {
        _scheduler = new OrchestratorScheduler(foreignWorkAfterTurn);
        InstanceId = instanceId;
        Started = started;
        Settings = settings;
        Events = new ExternalEvents(settings.Converter);
        _resolver = resolver;
        _context = new EmbeddedOrchestrationContext(this);
    }

    public string InstanceId { get; }

    public ExecutionStarted Started { get; }

    public TurnSettings Settings { get; }

    public ExternalEvents Events { get; }

    public bool IsReplaying { get; private set; } = true;

    public DateTime CurrentUtcDateTime { get; private set; }

    /// <summary>The text of the custom status, and whether the orchestrator has set one.</summary>
    public (string? Text, bool IsSet) CustomStatus { get; set; }

    /// <summary>How the orchestrator asked to begin anew; null: it has not.</summary>
    public (string? Input, string? Version, bool PreserveEvents)? ContinueAsNew { get; set; }

    public TurnResult Run(IReadOnlyList<HistoryEvent> history, OrchestratorStarted beginning, IReadOnlyList<HistoryEvent> inbound)
    {
        var accepted = new List<HistoryEvent> { beginning };
        NonDeterministicOrchestrationException? divergence = RunTurn(history, () =>
        {
            Process(beginning);
            IsReplaying = false;
            accepted.AddRange(inbound.Where(Process));
        });

        return Conclude(history, accepted, divergence);
    }

    /// <summary>Runs a further turn without a replay: what the turn before asked for has been recorded.</summary>
    public TurnResult GoOn(IReadOnlyList<HistoryEvent> history, OrchestratorStarted beginning, IReadOnlyList<HistoryEvent> inbound)
    {
        _unrecorded.Clear();
        _abandoned.Clear();
        CustomStatus = (CustomStatus.Text, false);
        var accepted = new List<HistoryEvent> { beginning };
        NonDeterministicOrchestrationException? divergence = RunTurn([], () =>
        {
            Process(beginning);
            accepted.AddRange(inbound.Where(Process));
        });

        return Conclude(history, accepted, divergence);
    }

    /// <summary>Replays the history and says what the execution waits for. In place of <see cref="Run"/>.</summary>
    public ExecutionState Inspect(IReadOnlyList<HistoryEvent> history)
    {
        NonDeterministicOrchestrationException? divergence = RunTurn(history, ThrowIfUnrecorded);
        return new ExecutionState
        {
            Open = [.. _open.Values.OrderBy(open => open.Action.TaskId).Select(open => (open.Action, open.Attempt))],
            AwaitedEvents = Events.Awaited,
            UnreceivedEvents = [.. Events.Unreceived.Select(raised => raised.Name)],
            HeldMessages = _held.Count,
            Refusal = _refusal,
            IsRejected = _isRejected,
            Divergence = _refusal is null ? divergence : null,
            UnansweredFailures = _unansweredFailures,
            Repeated = _repeated,
            Ending = divergence is null && _refusal is null ? ConcludeIfOver([]) : null,
        };
    }

    /// <summary>Records something that the orchestrator asks for and gives the task of its answer.</summary>
    /// <param name="describe">Makes the record of it, under the number that it gets.</param>
    /// <param name="attempt">Which attempt of the same thing this is, from 1.</param>
    /// <param name="cancellation">Withdraws it.</param>
    public Task<string?> Ask(Func<int, ActionEvent> describe, int attempt = 1, CancellationToken cancellation = default)
    {
        EnsureOrchestratorThread();
        ActionEvent action = describe(_nextTaskId++);
        _unrecorded.Add(action.TaskId, action);
        if (!action.IsAwaited)
        {
            return Task.FromResult<string?>(null);
        }

        var open = new OpenTask(action, attempt);
        _open.Add(action.TaskId, open);
        if (cancellation.CanBeCanceled)
        {
            open.Cancellation = cancellation.Register(() => Abandon(open, cancellation));
        }

        return open.Answer.Task;
    }

    /// <exception cref="InvalidOperationException">The caller is not the orchestrator, or its turn is over.</exception>
    public void EnsureOrchestratorThread()
    {
        if (!_scheduler.IsOrchestratorThread)
        {
            _scheduler.NoteForeignWork();
            throw new InvalidOperationException(NotDurable);
        }
    }

    private NonDeterministicOrchestrationException? RunTurn(IReadOnlyList<HistoryEvent> history, Action next)
    {
        NonDeterministicOrchestrationException? divergence = null;
        _scheduler.RunTurn(() =>
        {
            try
            {
                foreach (HistoryEvent past in history)
                {
                    Process(past);
                    _repeated++;
                }

                next();
            }
            catch (NonDeterministicOrchestrationException exception)
            {
                divergence = exception;
            }
        });
        return divergence;
    }

    /// <summary>Lets the execution see one event.</summary>
    /// <returns>False for an event that means nothing here, such as a second answer to one call.</returns>
    private bool Process(HistoryEvent next)
    {
        if (_isSuspended && next is not (ExecutionResumed or ActionEvent or OrchestratorStarted))
        {
            _held.Enqueue(next);
            return true;
        }

        bool hasMeaning = true;
        int asked = _nextTaskId;
        switch (next)
        {
            case OrchestratorStarted turn:
                // What a turn asked for is recorded before the next one begins.
                ThrowIfUnrecorded();
                CurrentUtcDateTime = turn.Timestamp;
                break;
            case ExecutionStarted:
                Begin();
                break;
            case ActionEvent recorded:
                Match(recorded);
                break;
            case ResultEvent result:
                hasMeaning = Answer(result);
                break;
            case EventRaised raised:
                Receive(raised);
                break;
            case ForeignWorkDetected:
                _scheduler.NoteForeignWork();
                break;
            case ExecutionSuspended:
                _isSuspended = true;
                break;
            case ExecutionResumed:
                hasMeaning = _isSuspended;
                _isSuspended = false;
                while (!_isSuspended && _held.TryDequeue(out HistoryEvent? held))
                {
                    Process(held);
                }

                break;
        }

        _scheduler.RunUntilIdle();
        if (hasMeaning && asked == _nextTaskId && next is TaskFailed or SubOrchestrationFailed or EntityOperationFailed)
        {
            _unansweredFailures.Add(((ResultEvent)next).TaskId);
        }

        return hasMeaning;
    }

    private void Begin()
    {
        if (Settings.Versioning is { } versioning && VersionRule.Refusal(versioning, Started.Version) is { } refusal)
        {
            _isRejected = versioning.FailureStrategy == DurableTaskWorkerOptions.VersionFailureStrategy.Reject;
            _refusal = refusal;
            return;
        }

        ITaskOrchestrator? orchestrator;
        try
        {
            orchestrator = _resolver(Started.Name, Started.Version);
        }
#pragma warning disable CA1031 // An orchestrator that cannot be constructed fails like one that throws at once.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _orchestrator = Task.FromException<object?>(exception);
            return;
        }

        if (orchestrator is null)
        {
            string version = Started.Version.Length == 0 ? string.Empty : $" in version '{Started.Version}'";
            _refusal = FailureCode.Failure(
                FailureCode.OrchestratorNotFound,
                $"No orchestrator named '{Started.Name}'{version} is registered with this worker.");
            return;
        }

        _orchestrator = RunOrchestratorAsync(orchestrator);
        _scheduler.RunUntilIdle();
        foreach (EventRaised carried in Started.CarriedEvents ?? [])
        {
            Receive(carried);
            _scheduler.RunUntilIdle();
        }
    }

    private async Task<object?> RunOrchestratorAsync(ITaskOrchestrator orchestrator) =>
        await orchestrator.RunAsync(_context, Settings.Converter.Deserialize(Started.Input, orchestrator.InputType));

    private void Match(ActionEvent recorded)
    {
        if (!_unrecorded.Remove(recorded.TaskId, out ActionEvent? repeated)
            || repeated.GetType() != recorded.GetType()
            || !string.Equals(repeated.ActionName, recorded.ActionName, StringComparison.OrdinalIgnoreCase))
        {
            throw NonDeterministicOrchestrationException.Mismatch(recorded, repeated);
        }
    }

    private void ThrowIfUnrecorded()
    {
        // When the last past turn ended by a refusal or the like, nothing was asked for; any rest here is the code's divergence.
        foreach (ActionEvent surplus in _unrecorded.Values)
        {
            throw NonDeterministicOrchestrationException.Surplus(surplus);
        }
    }

    private bool Answer(ResultEvent result)
    {
        if (!_open.TryGetValue(result.TaskId, out OpenTask? open) || !open.IsAnsweredBy(result))
        {
            return false;
        }

        _open.Remove(result.TaskId);
        open.Complete(result);
        return true;
    }

    private void Receive(EventRaised raised)
    {
        if (ContinueAsNew is null)
        {
            Events.Raise(raised);
        }
        else if (ContinueAsNew is { PreserveEvents: true })
        {
            // Whoever waits in this execution ends with it, so the event is for the next one.
            Events.Buffer(raised);
        }
    }

    private void Abandon(OpenTask open, CancellationToken cancellation)
    {
        EnsureOrchestratorThread();
        if (_open.Remove(open.Action.TaskId))
        {
            _abandoned.Add(open.Action);
            open.Answer.TrySetCanceled(cancellation);
        }
    }

    private TurnResult Conclude(
        IReadOnlyList<HistoryEvent> history,
        List<HistoryEvent> accepted,
        NonDeterministicOrchestrationException? divergence)
    {
        // Before the divergence: an orchestrator that was not even begun repeats nothing of its history.
        if (_refusal is not null)
        {
            return Ended(accepted, OrchestrationRuntimeStatus.Failed, new ExecutionFailed(_refusal)) with
            {
                Failure = _refusal,
                IsRejected = _isRejected,
                Abandoned = OpenWork.Of(history),
            };
        }

        if (divergence is not null)
        {
            return Break(history, accepted, divergence);
        }

        bool isBlocked = _open.Count == 0 && !Events.HasWaiters && !_isSuspended;
        if (_scheduler.SawForeignWork || (_orchestrator is { IsCompleted: false } && isBlocked))
        {
            return Break(history, accepted, new InvalidOperationException(NotDurable));
        }

        return ConcludeIfOver(accepted)
            ?? Running(accepted, _isSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running);
    }

    private TurnResult? ConcludeIfOver(List<HistoryEvent> accepted)
    {
        // As in the Durable Task Framework, an instance ends when its orchestrator has returned and everything it asked for is answered.
        if (_orchestrator is not { IsCompleted: true } || _open.Count > 0 || _isSuspended)
        {
            return null;
        }

        if (TryGetOutput(out string? output, out Exception? failure))
        {
            return ContinueAsNew is { } next
                ? Running(accepted, OrchestrationRuntimeStatus.Running) with { Next = Successor(next) }
                : Ended(accepted, OrchestrationRuntimeStatus.Completed, new ExecutionCompleted(output)) with { Output = output };
        }

        if (ContinueAsNew is not null)
        {
            Settings.Loggers.CreateLogger(EngineLog.Category).ContinueAsNewIgnored(InstanceId);
        }

        return Fail(accepted, failure);
    }

    private bool TryGetOutput(out string? output, [NotNullWhen(false)] out Exception? failure)
    {
        try
        {
            output = Settings.Converter.Serialize(_orchestrator?.GetAwaiter().GetResult());
            failure = null;
            return true;
        }
#pragma warning disable CA1031 // Whatever an orchestrator throws, or its result throws when written, is how the orchestration failed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            output = null;
            failure = exception;
            return false;
        }
    }

    private ExecutionStarted Successor((string? Input, string? Version, bool PreserveEvents) next) => Started with
    {
        Input = next.Input,
        Version = next.Version ?? Started.Version,
        ExecutionId = Guid.NewGuid().ToString("N"),
        CarriedEvents = next.PreserveEvents && Events.Unreceived.Count > 0 ? [.. Events.Unreceived] : null,
    };

    private TurnResult Running(List<HistoryEvent> accepted, OrchestrationRuntimeStatus status) => new()
    {
        Started = Started,
        Execution = this,
        Status = status,
        NewEvents = [.. accepted, .. _unrecorded.Values],
        Actions = [.. _unrecorded.Values.Where(action => !_abandoned.Contains(action))],
        Abandoned = [.. _abandoned],
        CustomStatus = CustomStatus.Text,
        SetsCustomStatus = CustomStatus.IsSet,
    };

    private TurnResult Ended(List<HistoryEvent> accepted, OrchestrationRuntimeStatus status, HistoryEvent ending)
    {
        TurnResult running = Running(accepted, status);
        return running with { NewEvents = [.. running.NewEvents, ending] };
    }

    private TurnResult Fail(List<HistoryEvent> accepted, Exception exception)
    {
        TaskFailureDetails failure = Settings.Failures.Describe(exception);
        return Ended(accepted, OrchestrationRuntimeStatus.Failed, new ExecutionFailed(failure)) with
        {
            Failure = failure,
            Exception = exception,
        };
    }

    /// <summary>Fails an execution that broke the rules: what it asked for in this turn does not happen, what is open is given up.</summary>
    private TurnResult Break(IReadOnlyList<HistoryEvent> history, List<HistoryEvent> accepted, Exception exception)
    {
        TurnResult failed = Fail(accepted, exception);
        return failed with
        {
            Actions = [],
            // By the history, because the replay may not have got far.
            Abandoned = OpenWork.Of([.. history, .. accepted]),
            NewEvents = [.. accepted, failed.NewEvents[^1]],
        };
    }
}
