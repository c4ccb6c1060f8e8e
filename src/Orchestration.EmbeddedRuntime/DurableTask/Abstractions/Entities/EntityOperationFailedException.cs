namespace Microsoft.DurableTask.Entities;

/// <summary>An operation that an orchestration called on an entity failed. Nothing of it took effect.</summary>
/// <param name="entityId">The entity.</param>
/// <param name="operationName">The operation.</param>
/// <param name="failureDetails">What it threw.</param>
#pragma warning disable CA1032 // The constructors are those of the programming model.
public sealed class EntityOperationFailedException(EntityInstanceId entityId, string operationName, TaskFailureDetails failureDetails)
    : Exception($"Operation '{operationName}' of entity '{entityId}' failed: {failureDetails.ErrorMessage}")
#pragma warning restore CA1032
{
    public EntityInstanceId EntityId { get; } = entityId;

    public string OperationName { get; } = operationName;

    public TaskFailureDetails FailureDetails { get; } = failureDetails;
}
