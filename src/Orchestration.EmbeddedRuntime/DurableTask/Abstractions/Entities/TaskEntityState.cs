namespace Microsoft.DurableTask.Entities;

/// <summary>The state of an entity as an operation sees it.</summary>
public abstract class TaskEntityState
{
    /// <summary>Whether there is a state: none is there before the first operation and after a deletion.</summary>
    public abstract bool HasState { get; }

    /// <summary>The state; the given value when there is none.</summary>
    public virtual T? GetState<T>(T? defaultValue = default) => GetState(typeof(T)) is T state ? state : defaultValue;

    /// <summary>The state; null when there is none.</summary>
    public abstract object? GetState(Type type);

    /// <summary>Replaces the state; null removes it.</summary>
    public abstract void SetState(object? state);
}
