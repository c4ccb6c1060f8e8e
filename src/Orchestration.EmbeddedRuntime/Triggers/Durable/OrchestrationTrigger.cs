using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Triggers.Functions;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>An orchestrator. Its event is an <see cref="OrchestrationTurn"/>.</summary>
internal sealed class OrchestrationTrigger(OrchestrationTriggerAttribute attribute, string functionName) : Trigger
{
    public override string BindingType => "orchestrationTrigger";

    public TaskName TaskName { get; } = attribute.Orchestration ?? functionName;

    /// <summary>The type of the parameter beside the context, which receives the input.</summary>
    public Type InputType { get; private set; } = typeof(object);

    public override string Describe(Uri baseAddress) => BindingType;

    public override ParameterBinder? BindTrigger(ParameterInfo parameter)
        => parameter.ParameterType == typeof(TaskOrchestrationContext) ? FromEvent<OrchestrationTurn>(turn => turn.Context) : null;

    public override ParameterBinder? Bind(ParameterInfo parameter)
    {
        if (InputType != typeof(object))
        {
            return null;
        }

        InputType = parameter.ParameterType;
        return FromEvent<OrchestrationTurn>(turn => turn.Input);
    }
}

/// <summary>One run of an orchestrator from its beginning.</summary>
/// <param name="Context">The orchestration.</param>
/// <param name="Input">Of the type that the function asks for, or null.</param>
internal sealed record OrchestrationTurn(TaskOrchestrationContext Context, object? Input);
