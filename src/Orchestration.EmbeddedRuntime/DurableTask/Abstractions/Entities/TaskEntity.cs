namespace Microsoft.DurableTask.Entities;

/// <summary>
/// An entity whose operations are its public methods, found by name, case ignored. A method may take the operation's input, a
/// <see cref="TaskEntityContext"/> and a <see cref="TaskEntityOperation"/>, in any order. Without a method of that name, "delete" removes
/// the state.
/// </summary>
/// <typeparam name="TState">The state.</typeparam>
public abstract class TaskEntity<TState> : ITaskEntity
{
    private TaskEntityContext? _context;

    /// <summary>Whether public methods of the state are operations too; the entity's own come first.</summary>
    protected virtual bool AllowStateDispatch => false;

    /// <summary>The state, read before an operation and kept after it.</summary>
    protected TState State { get; set; } = default!;

    /// <exception cref="InvalidOperationException">No operation has begun.</exception>
    protected TaskEntityContext Context => _context ?? throw new InvalidOperationException("The context belongs to an operation, and none has begun.");

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Nothing handles an operation of this name.</exception>
    public ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        _context = operation.Context;
        State = operation.State.GetState(typeof(TState)) is TState state ? state : InitializeState(operation)!;
        if (EntityMethod.TryFind(operation, this, out EntityMethod? method)
            || (AllowStateDispatch && EntityMethod.TryFind(operation, StateToDispatchTo(), out method)))
        {
            return RunAsync(operation, method);
        }

        if (!string.Equals(operation.Name, "delete", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotSupportedException($"No suitable method found for entity operation '{operation}'.");
        }

        operation.State.SetState(null);
        return default;
    }

    /// <summary>Makes the state for an operation that finds none; with the type's parameterless constructor unless overridden.</summary>
    protected virtual TState? InitializeState(TaskEntityOperation entityOperation) =>
        (TState?)Activator.CreateInstance(Nullable.GetUnderlyingType(typeof(TState)) ?? typeof(TState));

    private object StateToDispatchTo() =>
        State ?? throw new InvalidOperationException("The operation cannot be dispatched to the state, because there is none.");

    private async ValueTask<object?> RunAsync(TaskEntityOperation operation, EntityMethod method)
    {
        object? result = await method.InvokeAsync();
        operation.State.SetState(State);
        return result;
    }
}
