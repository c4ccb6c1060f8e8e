using System.Runtime.CompilerServices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>Finds the invocation that an orchestration context belongs to. Keeps neither alive. Safe for concurrent use.</summary>
internal static class OrchestrationFunctionContexts
{
    private static readonly ConditionalWeakTable<TaskOrchestrationContext, FunctionContext> Contexts = [];

    public static void Attach(TaskOrchestrationContext context, FunctionContext functionContext)
        => Contexts.AddOrUpdate(context, functionContext);

    public static FunctionContext? Find(TaskOrchestrationContext context)
        => Contexts.TryGetValue(context, out var functionContext) ? functionContext : null;
}
