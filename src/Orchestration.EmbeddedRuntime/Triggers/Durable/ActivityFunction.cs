using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>An activity function as the durable engine calls it.</summary>
internal sealed class ActivityFunction(FunctionDescriptor function, ActivityTrigger trigger, FunctionInvoker invoker) : ITaskActivity
{
    public Type InputType => trigger.InputType;

    public Type OutputType => typeof(object);

    public Task<object?> RunAsync(TaskActivityContext context, object? input)
    {
        var invocation = new Invocation(new ActivityCall(context, input))
        {
            BindingData = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = context.InstanceId },
        };
        var cancellation = (context as EmbeddedActivityContext)?.CancellationToken ?? CancellationToken.None;
        return invoker.InvokeAsync(function, invocation, cancellation);
    }
}
