using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Engine.Entities;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Gives the operations that wait for an entity to the code that handles them. A call of the function dispatches once.</summary>
public sealed class TaskEntityDispatcher
{
    private readonly EntityBatch _batch;
    private readonly IServiceProvider _services;

    internal TaskEntityDispatcher(EntityBatch batch, IServiceProvider services)
    {
        _batch = batch;
        _services = services;
    }

    /// <summary>Runs the operations on an entity.</summary>
    public Task DispatchAsync(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return _batch.RunAsync(entity);
    }

    /// <summary>
    /// Runs the operations on an object of a type: an <see cref="ITaskEntity"/> made by the services, or else a plain type that is the
    /// state and has the operations as its public methods.
    /// </summary>
    public Task DispatchAsync<T>() =>
        typeof(ITaskEntity).IsAssignableFrom(typeof(T)) && ActivatorUtilities.GetServiceOrCreateInstance<T>(_services) is ITaskEntity entity
            ? DispatchAsync(entity)
            : DispatchAsync(new StateEntity<T>());

    /// <summary>Runs the operations by a function.</summary>
    public Task DispatchAsync(Func<TaskEntityOperation, ValueTask<object?>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return DispatchAsync(new FunctionEntity(handler));
    }

    private sealed class StateEntity<T> : TaskEntity<T>
    {
        protected override bool AllowStateDispatch => true;
    }

    private sealed class FunctionEntity(Func<TaskEntityOperation, ValueTask<object?>> handler) : ITaskEntity
    {
        public ValueTask<object?> RunAsync(TaskEntityOperation operation) => handler(operation);
    }
}
