using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Timers;

/// <summary>A function on a schedule. Its event is the <see cref="TimerInfo"/>.</summary>
internal sealed class TimerTrigger(TimerTriggerAttribute attribute, string location, SettingExpander settings) : Trigger
{
    public override string BindingType => "timerTrigger";

    public TimerSchedule Schedule { get; } = TimerSchedule.Parse(settings.Expand(attribute.Schedule, location), location);

    /// <inheritdoc cref="TimerTriggerAttribute.UseMonitor"/>
    public bool UseMonitor { get; } = attribute.UseMonitor;

    public bool RunOnStartup { get; } = attribute.RunOnStartup;

    public override string Describe(Uri baseAddress) => $"{BindingType} {Schedule}";

    public override ParameterBinder? BindTrigger(ParameterInfo parameter)
        => parameter.ParameterType == typeof(TimerInfo) ? FromEvent<TimerInfo>(timer => timer) : null;

    public override ParameterBinder? Bind(ParameterInfo parameter) => null;
}
