using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;
using Orchestration.EmbeddedRuntime.Triggers.Outputs;

namespace Orchestration.EmbeddedRuntime.Triggers.Functions;

/// <summary>A function found in the app, ready to be called. Immutable.</summary>
internal sealed class FunctionDescriptor
{
    private readonly MethodInvoker _method;
    private readonly Func<object?, Task<object?>> _awaitResult;

    public FunctionDescriptor(
        string name, MethodInfo method, Trigger trigger, IReadOnlyList<ParameterBinder> binders, FunctionOutputs outputs, RetryRule retry)
    {
        Retry = retry;
        Outputs = outputs;
        Name = name;
        Method = method;
        Trigger = trigger;
        Binders = binders;
        Definition = new ReflectedFunctionDefinition(name, method, trigger.BindingType, outputs);
        _method = MethodInvoker.Create(method);
        _awaitResult = ReturnValue.Awaiter(method.ReturnType);
    }

    public string Name { get; }

    public MethodInfo Method { get; }

    public Trigger Trigger { get; }

    /// <summary>When the trigger calls it again after a failure.</summary>
    public RetryRule Retry { get; }

    /// <summary>One for each parameter, in order.</summary>
    public IReadOnlyList<ParameterBinder> Binders { get; }

    /// <summary>What becomes of what it returns.</summary>
    public FunctionOutputs Outputs { get; }

    public FunctionDefinition Definition { get; }

    /// <summary>Calls the method and awaits what it returns, on the caller's synchronization context.</summary>
    /// <param name="instance">The object to call it on; null for static methods.</param>
    /// <param name="arguments">In the order of the parameters.</param>
    public Task<object?> CallAsync(object? instance, object?[] arguments)
        => _awaitResult(_method.Invoke(instance, arguments.AsSpan()));
}
