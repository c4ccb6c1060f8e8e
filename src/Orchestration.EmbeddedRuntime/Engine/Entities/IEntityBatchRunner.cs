namespace Orchestration.EmbeddedRuntime.Engine.Entities;

/// <summary>An entity that takes its operations as a batch: an entity function, which runs once for all of them.</summary>
internal interface IEntityBatchRunner
{
    /// <summary>Runs the operations of a batch.</summary>
    Task RunAsync(EntityBatch batch);
}
