using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Triggers.Functions;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>An activity. Its event is an <see cref="ActivityCall"/>.</summary>
internal sealed class ActivityTrigger(ActivityTriggerAttribute attribute, string functionName) : Trigger
{
    public override string BindingType => "activityTrigger";

    public TaskName TaskName { get; } = attribute.Activity ?? functionName;

    /// <summary>The type of the parameter that carries the attribute, where that is the input.</summary>
    public Type InputType { get; private set; } = typeof(object);

    public override string Describe(Uri baseAddress) => BindingType;

    public override ParameterBinder? BindTrigger(ParameterInfo parameter)
    {
        // An activity without input still needs a parameter for the attribute; these two are at hand.
        if (parameter.ParameterType == typeof(FunctionContext))
        {
            return context => ValueTask.FromResult<object?>(context);
        }

        if (parameter.ParameterType == typeof(TaskActivityContext))
        {
            return FromEvent<ActivityCall>(call => call.Context);
        }

        InputType = parameter.ParameterType;
        return FromEvent<ActivityCall>(call => call.Input);
    }

    public override ParameterBinder? Bind(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(TaskActivityContext))
        {
            return FromEvent<ActivityCall>(call => call.Context);
        }

        return parameter.ParameterType == typeof(string) && string.Equals(parameter.Name, "instanceId", StringComparison.OrdinalIgnoreCase)
            ? FromEvent<ActivityCall>(call => call.Context.InstanceId)
            : null;
    }
}

/// <summary>One call of an activity.</summary>
/// <param name="Context">The call.</param>
/// <param name="Input">Of the type that the function asks for, or null.</param>
internal sealed record ActivityCall(TaskActivityContext Context, object? Input);
