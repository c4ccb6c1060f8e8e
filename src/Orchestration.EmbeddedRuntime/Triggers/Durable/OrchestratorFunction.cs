using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>An orchestrator function as the durable engine calls it.</summary>
internal sealed class OrchestratorFunction(FunctionDescriptor function, OrchestrationTrigger trigger, FunctionInvoker invoker)
    : ITaskOrchestrator
{
    public Type InputType => trigger.InputType;

    public Type OutputType => typeof(object);

    public Task<object?> RunAsync(TaskOrchestrationContext context, object? input)
    {
        var invocation = new Invocation(new OrchestrationTurn(context, input))
        {
            BindingData = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = context.InstanceId },
            Prepare = functionContext => OrchestrationFunctionContexts.Attach(context, functionContext),
        };
        return invoker.InvokeAsync(function, invocation, CancellationToken.None);
    }
}
