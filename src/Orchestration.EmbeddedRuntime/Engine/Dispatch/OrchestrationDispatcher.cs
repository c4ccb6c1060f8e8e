using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.Activities;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Engine.Tracing;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Commands;
using Orchestration.EmbeddedRuntime.Store.Reading;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>
/// Hands messages to instances, runs their turns, a bounded number at once and never two of one instance, and lets happen what a turn
/// decided once it is committed.
/// </summary>
internal sealed partial class OrchestrationDispatcher
{
    private readonly MailboxTable<InstanceMailbox> _mailboxes;
    private readonly DurableStore _store;
    private readonly TimerScheduler _timers;
    private readonly TurnRetries _retries;
    private readonly InstanceSignals _signals;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WarmOrchestrators _warm;

    public OrchestrationDispatcher(
        DurableStore store,
        TimerScheduler timers,
        TurnRetries retries,
        InstanceSignals signals,
        ActivityLimits limits,
        TimeProvider time,
        ILogger logger,
        EmbeddedDurableOptions options)
    {
        _store = store;
        _timers = timers;
        _retries = retries;
        _signals = signals;
        _time = time;
        _logger = logger;
        _mailboxes = new MailboxTable<InstanceMailbox>(
            options.MaxCachedInstances, static (key, instanceId, isNew) => new InstanceMailbox(key, instanceId, isNew));
        _warm = new WarmOrchestrators(options.WarmOrchestrators);
        Activities = new ActivityExecutor(Report, limits, time, logger);
    }

    public ActivityExecutor Activities { get; }

    /// <summary>Hands over what a commit sent, or what a restart found.</summary>
    public void Deliver(Delivery delivery)
    {
        if (delivery.VisibleAt is { } visibleAt && visibleAt > Now)
        {
            _timers.Add(
                new TimerKey(delivery.Key, TimerKey.ScheduledStart),
                visibleAt,
                () => _mailboxes.Post(delivery.Key, delivery.InstanceId, delivery.Message));
            return;
        }

        _mailboxes.Post(delivery.Key, delivery.InstanceId, delivery.Message, delivery.IsNewInstance);
    }

    /// <summary>Takes up an activity that a restart found unanswered.</summary>
    public void Resume(OpenAction<TaskScheduled> call) => Activities.Enqueue(call);

    /// <summary>Arms a timer of an orchestration.</summary>
    public void Arm(OpenAction<TimerCreated> timer) => _timers.Add(
        new TimerKey(timer.Key, timer.Action.TaskId),
        timer.Action.FireAt,
        () => _mailboxes.Post(timer.Key, timer.InstanceId, new InboxMessage(new TimerFired(timer.Action.TaskId), timer.ExecutionId, null)));

    /// <summary>How an instance's mailbox stands; null: nothing goes on in it.</summary>
    public MailboxState? Look(long key) => _mailboxes.Look(key);

    /// <summary>Runs turns until stopped.</summary>
    public async Task RunAsync(WorkerTasks tasks, int concurrency, CancellationToken stopping)
    {
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => RunTurnsAsync(tasks, stopping)));
        _warm.Clear();
    }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private async Task RunTurnsAsync(WorkerTasks tasks, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                await RunTurnAsync(await _mailboxes.TakeReadyAsync(stopping), tasks, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is ready stays in the store.
        }
    }

    private void Report(OpenAction<TaskScheduled> call, ResultEvent answer) =>
        _mailboxes.Post(call.Key, call.InstanceId, new InboxMessage(answer, call.ExecutionId, null));

    private async ValueTask RunTurnAsync(InstanceMailbox mailbox, WorkerTasks tasks, CancellationToken stopping)
    {
        IReadOnlyList<InboxMessage> messages = mailbox.Take(Now);
        try
        {
            bool isTerminated = messages.Any(message => message.Event is ExecutionTerminated);
            if (!TryLoad(mailbox, isTerminated))
            {
                _mailboxes.End(mailbox);
                return;
            }

            List<InboxMessage> current = [.. messages.Where(message => IsCurrent(message, mailbox))];
            if (!isTerminated && current.Find(message => message.Event is UnreadableMessage) is { Event: UnreadableMessage { Reason: var reason } })
            {
                Hold(mailbox, messages, reason);
                return;
            }

            current.RemoveAll(message => message.Event is UnreadableMessage);
            if (!current.Exists(message => mailbox.Turns > 0 || message.Event is ExecutionStarted or ExecutionTerminated))
            {
                SetAside(mailbox, messages, current);
                return;
            }

            ExecutionStarted? started = StartOf(mailbox) ?? current.Select(message => message.Event).OfType<ExecutionStarted>().FirstOrDefault();
            if (started is not null
                && !isTerminated
                && !await tasks.AcceptsAsync(started, stopping))
            {
                _mailboxes.PutBack(mailbox, messages);
                return;
            }

            string? executionId = started?.ExecutionId;
            var input = new TurnInput(
                mailbox.InstanceId,
                mailbox.History ?? [],
                [.. current.Select(message => message.Event)],
                Now,
                () => _mailboxes.Post(mailbox.Key, mailbox.InstanceId, new InboxMessage(new ForeignWorkDetected(), executionId, null)));
            using IDisposable? logScope = InstanceScope.Begin(_logger, mailbox.InstanceId, started?.TraceParent);
            (TurnResult result, IServiceScope? scope) = Run(mailbox, input, tasks);
            if (result is { IsRejected: true, Started: { } rejected })
            {
                _logger.OrchestrationRejected(mailbox.InstanceId, rejected.Name, rejected.Version);
                _mailboxes.PutBack(mailbox, messages);
                return;
            }

            _store.Writer.Enqueue(new TurnCommit(
                mailbox.Key,
                mailbox.InstanceId,
                mailbox.Turns,
                messages,
                result,
                Now,
                commit => Committed(mailbox, commit.TurnResult, scope),
                (commit, exception) =>
                {
                    // The orchestrator is ahead of what is stored.
                    scope?.Dispose();
                    RetryLater(mailbox, commit.Consumed, exception);
                }));
        }
#pragma warning disable CA1031 // A turn that cannot be run (a damaged history, a failing disk) is the trouble of one instance, not of all.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RetryLater(mailbox, messages, exception);
        }
    }

    /// <summary>Runs a turn, and gives the services that the orchestrator needs for a further one; null: there is none with this execution.</summary>
    private static (TurnResult Result, IServiceScope? Scope) Run(InstanceMailbox mailbox, TurnInput input, WorkerTasks tasks)
    {
        WarmOrchestrator? warm = mailbox.TakeWarm();
        IServiceScope? scope = warm?.Scope ?? tasks.Services.CreateScope();
        try
        {
            TurnResult result = OrchestrationTurn.Run(input, tasks.Settings, tasks.OrchestratorsOf(scope), warm?.Execution);
            IServiceScope? kept = result is { IsTerminal: false, IsRejected: false, Next: null, Execution: not null } ? scope : null;
            scope = kept is null ? scope : null;
            return (result, kept);
        }
        finally
        {
            scope?.Dispose();
        }
    }

    private bool TryLoad(InstanceMailbox mailbox, bool isTerminated)
    {
        try
        {
            if (mailbox.History is null && _store.Reader.Load(mailbox.Key) is { } loaded)
            {
                mailbox.History = [.. loaded.History];
                mailbox.Turns = loaded.Turns;
            }
        }
        catch (StoreException exception) when (isTerminated && exception.Error == StoreError.Damaged)
        {
            // An instance must be able to end whatever became of its history, or nobody could ever get rid of it.
            mailbox.History = [];
            mailbox.Turns = _store.Reader.CountTurns(mailbox.Key);
        }

        return mailbox.History is not null;
    }

    /// <summary>
    /// Keeps an instance, with all that has come in, from going on without a message that cannot be read: without it, it could do the wrong
    /// thing. A build that can read it goes on, and a termination ends it.
    /// </summary>
    private void Hold(InstanceMailbox mailbox, IReadOnlyList<InboxMessage> messages, string reason)
    {
        var damage = new StoreException(StoreError.Damaged, _store.Path, $"a message cannot be read: {reason}");
        mailbox.Failure = new TurnFailure(damage, Now, 1, NextAttempt: null);
        _mailboxes.PutBack(mailbox, messages);
    }

    /// <summary>Answers belong to the execution that asked; a start counts once.</summary>
    private static bool IsCurrent(InboxMessage message, InstanceMailbox mailbox) => message switch
    {
        { Event: ExecutionStarted } => mailbox.Turns == 0,
        { ExecutionId: { } executionId } => StartOf(mailbox)?.ExecutionId == executionId,
        _ => true,
    };

    private static ExecutionStarted? StartOf(InstanceMailbox mailbox) => mailbox.History?.OfType<ExecutionStarted>().FirstOrDefault();

    /// <summary>Keeps events that wait for a scheduled start, and drops what is meant for an execution that is no more.</summary>
    private void SetAside(InstanceMailbox mailbox, IReadOnlyList<InboxMessage> messages, List<InboxMessage> current)
    {
        long[] stale = [.. messages.Except(current).Select(message => message.Sequence).OfType<long>()];
        if (stale.Length > 0)
        {
            _store.Writer.Enqueue(new DropMessages(mailbox.Key, stale));
        }

        if (current.Count > 0)
        {
            _mailboxes.PutBack(mailbox, current);
        }
        else
        {
            _mailboxes.Release(mailbox);
        }
    }
}
