namespace Microsoft.DurableTask.Entities;

/// <summary>
/// Code of an entity: a small piece of durable state with operations, which run one at a time. State and messages of an operation that
/// throws are given up.
/// </summary>
public interface ITaskEntity
{
    /// <summary>Runs one operation and gives its result. One object may serve several operations of an entity, one after another.</summary>
    ValueTask<object?> RunAsync(TaskEntityOperation operation);
}
