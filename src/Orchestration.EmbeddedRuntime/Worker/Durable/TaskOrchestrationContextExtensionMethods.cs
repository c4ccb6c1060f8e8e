using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Durable;

namespace Microsoft.DurableTask;

/// <summary>What Azure Functions adds to an orchestration's context.</summary>
public static class TaskOrchestrationContextExtensionMethods
{
    /// <summary>The function invocation that runs the orchestrator; null where none does.</summary>
    public static FunctionContext? GetFunctionContext(this TaskOrchestrationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return OrchestrationFunctionContexts.Find(context);
    }
}
