using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestration.EmbeddedRuntime.Triggers.Invocations;

/// <summary>Creates function objects with constructor arguments from the invocation's services. Safe for concurrent use.</summary>
internal sealed class FunctionActivator : IFunctionActivator
{
    // Choosing the constructor takes longer than most functions do themselves.
    private readonly ConcurrentDictionary<Type, ObjectFactory> _factories = [];

    public object? CreateInstance(Type instanceType, FunctionContext context)
        => _factories.GetOrAdd(instanceType, type => ActivatorUtilities.CreateFactory(type, []))(context.InstanceServices, []);
}
