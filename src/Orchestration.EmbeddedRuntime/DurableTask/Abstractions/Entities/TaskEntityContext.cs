namespace Microsoft.DurableTask.Entities;

/// <summary>What an operation can do beside changing its entity's state. It takes effect when the operation ends without throwing.</summary>
public abstract class TaskEntityContext
{
    /// <summary>The entity.</summary>
    public abstract EntityInstanceId Id { get; }

    /// <inheritdoc cref="SignalEntity(EntityInstanceId, string, object?, SignalEntityOptions?)"/>
    public virtual void SignalEntity(EntityInstanceId id, string operationName, SignalEntityOptions options) =>
        SignalEntity(id, operationName, null, options);

    /// <summary>Asks another entity, or this one, for an operation without waiting for it.</summary>
    public abstract void SignalEntity(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        SignalEntityOptions? options = null);

    /// <inheritdoc cref="ScheduleNewOrchestration(TaskName, object?, StartOrchestrationOptions?)"/>
    public virtual string ScheduleNewOrchestration(TaskName name, StartOrchestrationOptions options) =>
        ScheduleNewOrchestration(name, null, options);

    /// <summary>Starts an orchestration, unless one of that instance id is running.</summary>
    /// <returns>Its instance id.</returns>
    public abstract string ScheduleNewOrchestration(TaskName name, object? input = null, StartOrchestrationOptions? options = null);
}
