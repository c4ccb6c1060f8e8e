using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay.Actions;
using Orchestration.EmbeddedRuntime.Engine.Replay.Context;

namespace Orchestration.EmbeddedRuntime.Engine.Replay;

/// <summary>
/// Replays one execution from its history, feeds it what is new, and records what it asks for. It lives for one turn, or is kept for the
/// turns that follow, and belongs to the thread that runs the turn.
/// </summary>
internal sealed partial class OrchestrationExecution
{
    private const string NotDurable =
        "An invalid asynchronous invocation was detected: the orchestrator awaited something that did not come from its context, "
        + "such as Task.Delay, Task.Run, I/O, or a task with ConfigureAwait(false). Use activities and durable timers instead.";

    private readonly OrchestratorScheduler _scheduler;
    private readonly ActionLedger _actions = new();
    private readonly Queue<HistoryEvent> _held = new();
    private readonly List<int> _unansweredFailures = [];
    private readonly OrchestratorResolver _resolver;
    private readonly EmbeddedOrchestrationContext _context;

    private Task<object?>? _orchestrator;
    private TaskFailureDetails? _refusal;
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
        _actions.BeginTurn();
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
        NonDeterministicOrchestrationException? divergence = RunTurn(history, _actions.ThrowIfUnrecorded);
        return new ExecutionState
        {
            Open = [.. _actions.Open.OrderBy(open => open.Action.TaskId).Select(open => (open.Action, open.Attempt))],
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
        if (_actions.Add(describe, attempt) is not { } open)
        {
            return Task.FromResult<string?>(null);
        }

        if (cancellation.CanBeCanceled)
        {
            open.Cancellation = cancellation.Register(() =>
            {
                EnsureOrchestratorThread();
                _actions.Abandon(open, cancellation);
            });
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
        int asked = _actions.Count;
        switch (next)
        {
            case OrchestratorStarted turn:
                // What a turn asked for is recorded before the next one begins; any rest is the code's divergence.
                _actions.ThrowIfUnrecorded();
                CurrentUtcDateTime = turn.Timestamp;
                break;
            case ExecutionStarted:
                Begin();
                break;
            case ActionEvent recorded:
                _actions.Match(recorded);
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
        if (hasMeaning && asked == _actions.Count && next is TaskFailed or SubOrchestrationFailed or EntityOperationFailed)
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

    private bool Answer(ResultEvent result)
    {
        bool isAwaited = _actions.Answer(result);
        if (!isAwaited && !IsReplaying)
        {
            Settings.Loggers.CreateLogger(EngineLog.Category).AnswerIgnored(InstanceId, result.TaskId);
        }

        return isAwaited;
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
}
