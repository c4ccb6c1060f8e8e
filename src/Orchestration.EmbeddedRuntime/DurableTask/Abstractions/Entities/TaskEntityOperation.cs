namespace Microsoft.DurableTask.Entities;

/// <summary>One operation on an entity. It is used within that operation only.</summary>
public abstract class TaskEntityOperation
{
    /// <summary>The operation's name.</summary>
    public abstract string Name { get; }

    public abstract TaskEntityContext Context { get; }

    public abstract TaskEntityState State { get; }

    /// <summary>Whether the caller gave an input.</summary>
    public abstract bool HasInput { get; }

    /// <summary>The input; the type's default when there is none.</summary>
    public virtual T? GetInput<T>() => GetInput(typeof(T)) is T input ? input : default;

    /// <summary>The input; null when there is none.</summary>
    public abstract object? GetInput(Type inputType);

    /// <summary>The entity's id and the operation's name.</summary>
    public override string ToString() => $"{Context.Id}/{Name}";
}
