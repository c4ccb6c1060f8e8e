using System.Reflection;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Functions;

/// <summary>Gets the value of one parameter for one invocation. Must complete synchronously for orchestrators.</summary>
internal delegate ValueTask<object?> ParameterBinder(EmbeddedFunctionContext context);

/// <summary>What starts a function: the function's own settings of one kind of trigger, and how its parameters get their values.</summary>
internal abstract class Trigger
{
    /// <summary>The Functions host's name for the kind, such as <c>httpTrigger</c>.</summary>
    public abstract string BindingType { get; }

    /// <summary>What starts the function, in a line for people.</summary>
    /// <param name="baseAddress">Where the host listens.</param>
    public abstract string Describe(Uri baseAddress);

    /// <summary>Binds the parameter that carries the trigger's attribute; null where its type is not supported.</summary>
    public abstract ParameterBinder? BindTrigger(ParameterInfo parameter);

    /// <summary>Binds another parameter by its name or type; null where the trigger has nothing for it.</summary>
    public abstract ParameterBinder? Bind(ParameterInfo parameter);

    /// <summary>A binder that hands out the event itself, or something at hand in it.</summary>
    protected static ParameterBinder FromEvent<TEvent>(Func<TEvent, object?> select)
        where TEvent : class
        => context => ValueTask.FromResult(select((TEvent)context.TriggerEvent));
}
