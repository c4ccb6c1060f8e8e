using System.Diagnostics;
using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Tracing;
using Orchestration.EmbeddedRuntime.Store.Commands;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Client;

/// <summary>The entity client of the embedded engine.</summary>
internal sealed class EmbeddedEntityClient(string name, DataConverter converter, DurableEngine engine) : DurableEntityClient(name)
{
    /// <summary>Entities that one transaction of a cleaning looks at.</summary>
    private const int CleaningBatch = 500;

    public override async Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        SignalEntityOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationName);
        string entityId = IdOf(id);
        string? data = converter.Serialize(input);
        DateTime? signalTime = options?.SignalTime?.UtcDateTime;
        using Activity? span = EntitySpans.BeginSignal(id, operationName, signalTime);
        var request = new EntityOperationRequest(operationName, data, TraceParent: DurableSpans.Current);
        await engine.SubmitAsync(new SignalEntity(entityId, request, engine.Now, signalTime), cancellation);
    }

    public override Task<EntityMetadata?> GetEntityAsync(
        EntityInstanceId id,
        bool includeState = true,
        CancellationToken cancellation = default) =>
        Task.FromResult(Get(id, includeState, cancellation) is { } record ? ToMetadata(record) : null);

    public override Task<EntityMetadata<T>?> GetEntityAsync<T>(
        EntityInstanceId id,
        bool includeState = true,
        CancellationToken cancellation = default) =>
        Task.FromResult(Get(id, includeState, cancellation) is { } record ? ToMetadata<T>(record) : null);

    public override AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null) => List(filter, ToMetadata);

    public override AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null) => List(filter, ToMetadata<T>);

    public override async Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null,
        bool continueUntilComplete = true,
        CancellationToken cancellation = default)
    {
        CleanEntityStorageRequest clean = request ?? CleanEntityStorageRequest.Default;
        string? continuation = clean.ContinuationToken;
        (int removed, int released) = (0, 0);
        do
        {
            var (page, next) = ListPage(new EntityFilter { IncludeTransient = true, Limit = CleaningBatch }, continuation);
            continuation = next;
            var (keys, unlocked) = await engine.SubmitAsync(
                new CleanEntities(page, clean.RemoveEmptyEntities, clean.ReleaseOrphanedLocks, engine.Now), cancellation);
            foreach (long key in keys)
            {
                engine.Entities.Forget(key);
            }

            removed += keys.Count;
            released += unlocked;
        }
        while (continueUntilComplete && continuation is not null);

        return new CleanEntityStorageResult
        {
            EmptyEntitiesRemoved = removed,
            OrphanedLocksReleased = released,
            ContinuationToken = continuation,
        };
    }

    private static string IdOf(EntityInstanceId id) =>
        id == default ? throw new ArgumentException("An entity id needs a name and a key.", nameof(id)) : id.ToString();

    /// <summary>An entity with a state; one without has yet to begin to exist for its readers.</summary>
    private EntityRecord? Get(EntityInstanceId id, bool includeState, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return engine.Reader.GetEntity(IdOf(id), includeState, engine.Now) is { HasState: true } record ? record : null;
    }

    private AsyncPageable<TMetadata> List<TMetadata>(EntityQuery? filter, Func<EntityRecord, TMetadata> describe)
        where TMetadata : notnull
    {
        EntityQuery query = filter ?? new EntityQuery();
        return Pageable.Create((continuation, pageSizeHint, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var (records, next) = ListPage(
                new EntityFilter
                {
                    IdPrefix = query.InstanceIdStartsWith,
                    ModifiedFrom = query.LastModifiedFrom?.UtcDateTime,
                    ModifiedTo = query.LastModifiedTo?.UtcDateTime,
                    IncludeTransient = query.IncludeTransient,
                    WithState = query.IncludeState,
                    Limit = pageSizeHint ?? query.PageSize ?? EntityQuery.DefaultPageSize,
                },
                continuation ?? query.ContinuationToken);
            return Task.FromResult(new Page<TMetadata>([.. records.Select(describe)], next));
        });
    }

    private (IReadOnlyList<EntityRecord> Records, string? Next) ListPage(EntityFilter filter, string? continuationToken)
    {
        long after = 0;
        if (continuationToken is not null && !long.TryParse(continuationToken, CultureInfo.InvariantCulture, out after))
        {
            throw new ArgumentException($"'{continuationToken}' is not a continuation token of this store.", nameof(continuationToken));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(filter.Limit);
        // One more than asked for tells whether there is a next page.
        IReadOnlyList<EntityRecord> records = engine.Reader.ListEntities(filter with { AfterKey = after, Limit = filter.Limit + 1 }, engine.Now);
        return records.Count <= filter.Limit
            ? (records, null)
            : ([.. records.Take(filter.Limit)], records[filter.Limit - 1].Key.ToString(CultureInfo.InvariantCulture));
    }

    private EntityMetadata ToMetadata(EntityRecord record) => new(
        EntityInstanceId.FromString(record.EntityId), record.State is { } state ? new SerializedData(state, converter) : null)
    {
        LastModifiedTime = record.ModifiedAt,
        BacklogQueueSize = record.Backlog,
        LockedBy = record.LockedBy,
    };

    private EntityMetadata<T> ToMetadata<T>(EntityRecord record)
    {
        EntityInstanceId id = EntityInstanceId.FromString(record.EntityId);
        return record.State is { } state
            ? new EntityMetadata<T>(id, converter.Deserialize<T>(state))
            {
                LastModifiedTime = record.ModifiedAt,
                BacklogQueueSize = record.Backlog,
                LockedBy = record.LockedBy,
            }
            : new EntityMetadata<T>(id)
            {
                LastModifiedTime = record.ModifiedAt,
                BacklogQueueSize = record.Backlog,
                LockedBy = record.LockedBy,
            };
    }
}
