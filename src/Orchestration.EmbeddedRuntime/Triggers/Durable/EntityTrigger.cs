using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Engine.Entities;
using Orchestration.EmbeddedRuntime.Triggers.Functions;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>An entity. Its event is an <see cref="EntityBatch"/>.</summary>
internal sealed class EntityTrigger(EntityTriggerAttribute attribute, string functionName) : Trigger
{
    public override string BindingType => "entityTrigger";

    public TaskName TaskName { get; } = attribute.EntityName ?? functionName;

    public override string Describe(Uri baseAddress) => BindingType;

    public override ParameterBinder? BindTrigger(ParameterInfo parameter) => parameter.ParameterType == typeof(TaskEntityDispatcher)
        ? context => ValueTask.FromResult<object?>(new TaskEntityDispatcher((EntityBatch)context.TriggerEvent, context.InstanceServices))
        : null;

    public override ParameterBinder? Bind(ParameterInfo parameter) => null;
}
