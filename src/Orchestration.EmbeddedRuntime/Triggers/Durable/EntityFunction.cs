using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Engine.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>An entity function as the durable engine calls it.</summary>
internal sealed class EntityFunction(FunctionDescriptor function, FunctionInvoker invoker) : ITaskEntity, IEntityBatchRunner
{
    /// <exception cref="NotSupportedException">Always: a function takes its operations as a batch.</exception>
    public ValueTask<object?> RunAsync(TaskEntityOperation operation) =>
        throw new NotSupportedException("An entity function takes its operations as a batch.");

    public async Task RunAsync(EntityBatch batch)
    {
        await invoker.InvokeAsync(function, new Invocation(batch), CancellationToken.None);
        if (!batch.IsDone)
        {
            batch.Fail(FailureCode.Failure(
                typeof(InvalidOperationException).ToString(),
                $"The entity function '{function.Name}' returned without dispatching its operations."));
        }
    }
}
