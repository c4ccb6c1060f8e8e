using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay.Context;

/// <summary>What an orchestrator does with entities, and the rules of its critical section.</summary>
internal sealed class OrchestrationEntities(OrchestrationExecution execution) : TaskOrchestrationEntityFeature
{
    private CriticalSection? _section;

    private DataConverter Converter => execution.Settings.Converter;

    public override async Task<TResult> CallEntityAsync<TResult>(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        CallEntityOptions? options = null) =>
        // An operation without result gives the default, also for a non-nullable type, as on Azure.
        Converter.Deserialize<TResult>(await CallAsync(id, operationName, input))!;

    public override Task CallEntityAsync(EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
        CallAsync(id, operationName, input);

    public override Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        SignalEntityOptions? options = null)
    {
        ThrowIfNoEntity(id, operationName);
        if (_section?.Entities.Contains(id) == true)
        {
            throw new InvalidOperationException("Must not signal a locked entity from a critical section.");
        }

        string? data = Converter.Serialize(input);
        return execution.Ask(task => new EntityOperationSignaled(
            task, id.ToString(), operationName, data, options?.SignalTime?.UtcDateTime));
    }

    public override async Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds)
    {
        ArgumentNullException.ThrowIfNull(entityIds);
        execution.EnsureOrchestratorThread();
        EntityInstanceId[] entities =
            [.. entityIds.Distinct().OrderBy(id => id.Name, StringComparer.Ordinal).ThenBy(id => id.Key, StringComparer.Ordinal)];
        if (entities.Length == 0 || entities.Contains(default))
        {
            throw new ArgumentException("A critical section needs at least one entity, each with a name and a key.", nameof(entityIds));
        }

        if (_section is not null)
        {
            throw new InvalidOperationException("Must not enter another critical section from within a critical section.");
        }

        string[] ids = [.. entities.Select(id => id.ToString())];
        int lockTaskId = 0;
        Task<string?> granted = execution.Ask(task => new EntityLockRequested(lockTaskId = task, ids));
        var section = new CriticalSection(this, lockTaskId, ids, entities);
        _section = section;
        await granted;
        section.Available.UnionWith(entities);
        section.IsGranted = true;
        return section;
    }

    public override bool InCriticalSection([NotNullWhen(true)] out IReadOnlyList<EntityInstanceId>? entityIds)
    {
        entityIds = _section?.Entities;
        return entityIds is not null;
    }

    /// <exception cref="InvalidOperationException">A critical section has begun.</exception>
    public void EnsureMayCallSubOrchestration()
    {
        if (_section is not null)
        {
            // The child might want the very entities that are locked.
            throw new InvalidOperationException("Must not call suborchestrations from within a critical section.");
        }
    }

    private async Task<string?> CallAsync(EntityInstanceId id, string operationName, object? input)
    {
        ThrowIfNoEntity(id, operationName);
        execution.EnsureOrchestratorThread();
        CriticalSection? section = _section;
        if (section is not null && !section.Available.Contains(id))
        {
            throw new InvalidOperationException(
                !section.IsGranted ? "Must await the completion of the lock request prior to calling any entity."
                : section.Entities.Contains(id)
                    ? "Must not call an entity from a critical section while a prior call to the same entity is still pending."
                    : "Must not call an entity from a critical section if it is not one of the locked entities.");
        }

        string? data = Converter.Serialize(input);
        section?.Available.Remove(id);
        try
        {
            return await execution.Ask(task => new EntityOperationCalled(task, id.ToString(), operationName, data));
        }
        finally
        {
            section?.Available.Add(id);
        }
    }

    private void Leave(CriticalSection section)
    {
        if (_section == section)
        {
            execution.Ask(task => new EntityUnlockSent(task, section.LockTaskId, section.EntityIds));
            _section = null;
        }
    }

    private static void ThrowIfNoEntity(EntityInstanceId id, string operationName)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationName);
        if (id == default)
        {
            throw new ArgumentException("An entity id needs a name and a key.", nameof(id));
        }
    }

    private sealed class CriticalSection(
        OrchestrationEntities owner,
        int lockTaskId,
        IReadOnlyList<string> entityIds,
        IReadOnlyList<EntityInstanceId> entities) : IAsyncDisposable
    {
        public int LockTaskId => lockTaskId;

        public IReadOnlyList<string> EntityIds => entityIds;

        public IReadOnlyList<EntityInstanceId> Entities => entities;

        /// <summary>Locked entities with no open call.</summary>
        public HashSet<EntityInstanceId> Available { get; } = [];

        public bool IsGranted { get; set; }

        public ValueTask DisposeAsync()
        {
            owner.Leave(this);
            return ValueTask.CompletedTask;
        }
    }
}
