using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestration.EmbeddedRuntime.Triggers.Invocations;

/// <summary>Creates function objects with constructor arguments from the invocation's services.</summary>
internal sealed class FunctionActivator : IFunctionActivator
{
    public object? CreateInstance(Type instanceType, FunctionContext context)
        => ActivatorUtilities.CreateInstance(context.InstanceServices, instanceType);
}
