using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.Dispatch;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Commands;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Entities;

/// <summary>Hands messages to entities and runs their turns, a bounded number at once and never two of one entity.</summary>
internal sealed class EntityDispatcher(
    DurableStore store,
    TimerScheduler timers,
    TurnRetries retries,
    TimeProvider time,
    ILogger logger,
    int maxCachedEntities)
{
    /// <summary>Operations of one turn: enough to make one commit of many, few enough that the first caller does not wait long.</summary>
    public const int LargestBatch = 1_000;

    private readonly MailboxTable<EntityMailbox> _mailboxes =
        new(maxCachedEntities, static (key, entityId, isNew) => new EntityMailbox(key, entityId, isNew));

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Hands over what a commit sent, or what a restart found.</summary>
    public void Deliver(Delivery delivery)
    {
        if (delivery.VisibleAt is { } visibleAt && visibleAt > Now)
        {
            timers.Add(
                new TimerKey(delivery.Key, delivery.Message.Sequence ?? 0),
                visibleAt,
                () => _mailboxes.Post(delivery.Key, delivery.InstanceId, delivery.Message));
            return;
        }

        _mailboxes.Post(delivery.Key, delivery.InstanceId, delivery.Message, delivery.IsNewInstance);
    }

    /// <summary>Drops the memory of an entity that was removed.</summary>
    public void Forget(long key) => _mailboxes.Forget(key);

    /// <summary>Runs turns until stopped; completes when the last one has ended.</summary>
    public Task RunAsync(WorkerTasks tasks, int concurrency, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => RunTurnsAsync(tasks, stopping)));

    private async Task RunTurnsAsync(WorkerTasks tasks, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                await RunTurnAsync(await _mailboxes.TakeReadyAsync(stopping), tasks);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is ready stays in the store.
        }
    }

    private async Task RunTurnAsync(EntityMailbox mailbox, WorkerTasks tasks)
    {
        IReadOnlyList<InboxMessage> taken = mailbox.Take(Now);
        try
        {
            EntityInstanceId id = EntityInstanceId.FromString(mailbox.InstanceId);
            if (!tasks.AcceptsEntity(id.Name))
            {
                _mailboxes.PutBack(mailbox, taken);
                return;
            }

            if (!TryLoad(mailbox, tasks.Converter) || mailbox is not { State: { } state, Inbox: { } inbox })
            {
                _mailboxes.End(mailbox);
                return;
            }

            inbox.Add(taken);
            taken = [];
            EntityWork work = inbox.Take(LargestBatch);
            taken = work.Consumed;
            if (work.Consumed.Count == 0)
            {
                // Everything waits for the lock's owner.
                _mailboxes.Release(mailbox);
                return;
            }

            var batch = new EntityBatch(id, state, work.Operations, tasks, logger);
            await RunAsync(batch, tasks);
            store.Writer.Enqueue(new EntityCommit(
                mailbox.Key,
                work,
                state.IsChanged ? state : null,
                batch,
                Now,
                () => Committed(mailbox),
                exception => RetryLater(mailbox, work.Consumed, exception)));
        }
#pragma warning disable CA1031 // A turn that cannot be run (a damaged message, a failing disk) is the trouble of one entity, not of all.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RetryLater(mailbox, taken, exception);
        }
    }

    private bool TryLoad(EntityMailbox mailbox, DataConverter converter)
    {
        if (mailbox.State is null && (mailbox.IsNew ? new LoadedEntity(null, null) : store.Reader.LoadEntity(mailbox.Key)) is { } loaded)
        {
            mailbox.State = new EntityState(loaded.State, converter);
            mailbox.Inbox = new EntityInbox(loaded.Lock);
        }

        return mailbox.State is not null;
    }

    private async Task RunAsync(EntityBatch batch, WorkerTasks tasks)
    {
        if (batch.IsDone)
        {
            return;
        }

        try
        {
            await using AsyncServiceScope scope = tasks.Services.CreateAsyncScope();
            switch (tasks.CreateEntity(batch.Id.Name, scope.ServiceProvider))
            {
                case null:
                    string missing = $"No entity named '{batch.Id.Name}' is registered with this worker.";
                    logger.OperationsGivenUp(null, batch.Id.ToString(), missing);
                    batch.Fail(FailureCode.Failure(FailureCode.EntityNotFound, missing));
                    break;
                case IEntityBatchRunner runner:
                    await runner.RunAsync(batch);
                    break;
                case { } entity:
                    await batch.RunAsync(entity);
                    break;
            }
        }
#pragma warning disable CA1031 // An entity that cannot be made fails like one whose operations throw.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.OperationsGivenUp(exception, batch.Id.ToString(), exception.Message);
            batch.Fail(tasks.Failures.Describe(exception));
        }
    }

    private void Committed(EntityMailbox mailbox)
    {
        mailbox.Failure = null;
        mailbox.State?.Saved();
        _mailboxes.Release(mailbox);
    }

    private void RetryLater(EntityMailbox mailbox, IReadOnlyList<InboxMessage> taken, Exception exception) =>
        retries.Schedule(
            mailbox,
            [.. taken.Concat(mailbox.Reset()).OrderBy(message => message.Sequence)],
            exception,
            () => _mailboxes.Post(mailbox.Key, mailbox.InstanceId, null));
}
