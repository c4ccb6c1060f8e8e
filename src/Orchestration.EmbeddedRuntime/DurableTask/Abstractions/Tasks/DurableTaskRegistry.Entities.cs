using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask;

/// <content>Registration of entities. Each call fails with an ArgumentException when the name is taken, case ignored.</content>
public sealed partial class DurableTaskRegistry
{
    private readonly Dictionary<TaskKey, Func<IServiceProvider, ITaskEntity>> _entities = [];

    /// <summary>The registered entities.</summary>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskEntity>>> GetEntities() =>
        _entities.Select(entry => KeyValuePair.Create(entry.Key.Name, entry.Value));

    public DurableTaskRegistry AddEntity(TaskName name, Func<IServiceProvider, ITaskEntity> factory)
    {
        Add(_entities, name, TaskVersion.Unversioned, factory);
        return this;
    }

    /// <summary>Registers a class, made with constructor injection in a scope of its own for each batch of operations.</summary>
    public DurableTaskRegistry AddEntity(TaskName name, Type type) => AddEntity(name, ByType<ITaskEntity>(type));

    public DurableTaskRegistry AddEntity(Type type) => AddEntity(NameOf(type), type);

    public DurableTaskRegistry AddEntity<TEntity>(TaskName name)
        where TEntity : class, ITaskEntity
        => AddEntity(name, typeof(TEntity));

    public DurableTaskRegistry AddEntity<TEntity>()
        where TEntity : class, ITaskEntity
        => AddEntity(typeof(TEntity));

    /// <summary>Registers an object that serves all entities of the name, also at the same time.</summary>
    public DurableTaskRegistry AddEntity(TaskName name, ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return AddEntity(name, _ => entity);
    }

    public DurableTaskRegistry AddEntity(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return AddEntity(NameOf(entity.GetType()), entity);
    }

    internal bool TryGetEntity(TaskName name, [NotNullWhen(true)] out Func<IServiceProvider, ITaskEntity>? factory) =>
        _entities.TryGetValue(new TaskKey(name, TaskVersion.Unversioned), out factory);
}
