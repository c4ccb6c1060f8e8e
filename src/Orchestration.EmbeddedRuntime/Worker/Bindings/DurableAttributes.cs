using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes a function an orchestrator. Its parameter is a <c>TaskOrchestrationContext</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The orchestrator's name; the function's name where it is null.</summary>
    public string? Orchestration { get; set; }
}

/// <summary>Makes a function an activity. Its parameter is the activity's input.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The activity's name; the function's name where it is null.</summary>
    public string? Activity { get; set; }
}

/// <summary>Binds a <c>DurableTaskClient</c>.</summary>
public sealed class DurableClientAttribute : InputBindingAttribute
{
    /// <summary>The embedded runtime has one task hub; another name is an error when the host starts.</summary>
    public string? TaskHub { get; set; }

    /// <summary>Has no meaning in the embedded runtime, whose history is a local file.</summary>
    public string? ConnectionName { get; set; }
}

/// <summary>Makes a function an entity. Its parameter is a <see cref="TaskEntityDispatcher"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EntityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The entity's name, case ignored; the function's name where it is null.</summary>
    public string? EntityName { get; set; }
}
