using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Triggers.Blobs;
using Orchestration.EmbeddedRuntime.Triggers.Durable;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Http;
using Orchestration.EmbeddedRuntime.Triggers.Outputs;
using Orchestration.EmbeddedRuntime.Triggers.Timers;

namespace Orchestration.EmbeddedRuntime.Triggers.Functions;

/// <summary>Every function of the app. Immutable.</summary>
internal sealed class FunctionIndex
{
    private FunctionIndex(IReadOnlyList<FunctionDescriptor> functions) => Functions = functions;

    /// <summary>Sorted by name.</summary>
    public IReadOnlyList<FunctionDescriptor> Functions { get; }

    /// <summary>The functions of one kind of trigger.</summary>
    public IEnumerable<(FunctionDescriptor Function, TTrigger Trigger)> Of<TTrigger>()
        where TTrigger : Trigger
        => Functions.Where(function => function.Trigger is TTrigger).Select(function => (function, (TTrigger)function.Trigger));

    /// <summary>Finds the functions among the public methods of types, leaving out those that a setting disables.</summary>
    /// <exception cref="FunctionHostException">A function is declared wrong.</exception>
    public static FunctionIndex Create(IEnumerable<Type> types, IConfiguration configuration, EmbeddedHostOptions options)
    {
        var settings = new SettingExpander(configuration);
        var functions = new SortedDictionary<string, FunctionDescriptor>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in types.SelectMany(Methods))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { Name: var name })
            {
                continue;
            }

            var function = Describe(name, method, settings, options);
            if (!functions.TryAdd(name, function))
            {
                throw new FunctionHostException(
                    "function.duplicate-name",
                    Location(name, method),
                    $"Another function has this name: {functions[name].Definition.EntryPoint}.");
            }
        }

        // Disabled functions are checked all the same: switching one on must not be what breaks the start.
        return new([.. functions.Values.Where(function => !configuration.GetValue<bool>($"AzureWebJobs.{function.Name}.Disabled"))]);
    }

    private static IEnumerable<MethodInfo> Methods(Type type) => type.IsAbstract && !type.IsSealed
        ? []
        : type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly);

    private static FunctionDescriptor Describe(string name, MethodInfo method, SettingExpander settings, EmbeddedHostOptions options)
    {
        var location = Location(name, method);
        if (name.Length is 0 or > 127 || !char.IsAsciiLetter(name[0]) || !name.All(IsNameCharacter))
        {
            throw new FunctionHostException(
                "function.invalid-name", location, "A name starts with a letter and has up to 127 letters, digits, '-' and '_'.");
        }

        var triggers = method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributes<TriggerBindingAttribute>()).ToArray();
        if (triggers is not [var attribute])
        {
            throw new FunctionHostException(
                "function.trigger-count", location, $"Expected exactly one parameter with a trigger attribute, found {triggers.Length}.");
        }

        Trigger trigger = attribute switch
        {
            HttpTriggerAttribute http => new HttpTrigger(http, name, location, settings, options),
            BlobTriggerAttribute blob => new BlobTrigger(blob, location, settings),
            TimerTriggerAttribute timer => new TimerTrigger(timer, location, settings),
            OrchestrationTriggerAttribute orchestration => new OrchestrationTrigger(orchestration, name),
            ActivityTriggerAttribute activity => new ActivityTrigger(activity, name),
            EntityTriggerAttribute entity => new EntityTrigger(entity, name),
            _ => throw new FunctionHostException(
                "function.unknown-trigger", location, $"The embedded runtime has no trigger {attribute.GetType().Name}."),
        };
        var retry = RetryRule.Of(method, location);
        if (retry != RetryRule.None && trigger is not TimerTrigger)
        {
            throw new FunctionHostException(
                "function.retry-unsupported", location, $"The {trigger.BindingType} has no retries of this kind, neither here nor on Azure.");
        }

        return new(
            name,
            method,
            trigger,
            [.. method.GetParameters().Select(parameter => Bind(parameter, trigger, location, settings, options))],
            FunctionOutputs.Of(method, trigger, location, settings),
            retry);
    }

    private static ParameterBinder Bind(
        ParameterInfo parameter, Trigger trigger, string location, SettingExpander settings, EmbeddedHostOptions options)
    {
        if (parameter.GetCustomAttribute<TriggerBindingAttribute>() is not null)
        {
            return trigger.BindTrigger(parameter) ?? throw new FunctionHostException(
                "parameter.unsupported-type",
                location,
                $"The {trigger.BindingType} cannot give the parameter '{parameter.Name}' a {parameter.ParameterType}.");
        }

        if (parameter.GetCustomAttribute<DurableClientAttribute>() is { } client)
        {
            return BindClient(parameter, client, location, options);
        }

        if (parameter.GetCustomAttribute<BlobInputAttribute>() is { } blob)
        {
            return trigger is not (OrchestrationTrigger or EntityTrigger) ? BlobInput.Bind(parameter, blob, location, settings) : throw new FunctionHostException(
                "parameter.unsupported-type", location, $"The {trigger.BindingType} reads no blobs: its parameters must be at hand at once.");
        }

        if (parameter.ParameterType == typeof(FunctionContext))
        {
            return context => ValueTask.FromResult<object?>(context);
        }

        if (parameter.ParameterType == typeof(CancellationToken))
        {
            return context => ValueTask.FromResult<object?>(context.CancellationToken);
        }

        return trigger.Bind(parameter) ?? (parameter.HasDefaultValue
            ? _ => ValueTask.FromResult(parameter.DefaultValue)
            : throw new FunctionHostException(
                "parameter.unbound",
                location,
                $"Nothing gives the parameter '{parameter.Name}' ({parameter.ParameterType}) a value: it has no binding attribute and the "
                + $"{trigger.BindingType} has no such name or type."));
    }

    private static ParameterBinder BindClient(
        ParameterInfo parameter, DurableClientAttribute attribute, string location, EmbeddedHostOptions options)
    {
        if (parameter.ParameterType != typeof(DurableTaskClient))
        {
            throw new FunctionHostException(
                "parameter.unsupported-type",
                location,
                $"The durable client '{parameter.Name}' must be a DurableTaskClient, not {parameter.ParameterType}.");
        }

        return attribute.TaskHub is not { } hub || string.Equals(hub, options.HubName, StringComparison.OrdinalIgnoreCase)
            ? context => ValueTask.FromResult<object?>(context.InstanceServices.GetRequiredService<DurableTaskClient>())
            : throw new FunctionHostException(
                "parameter.unknown-hub", location, $"The embedded runtime has one task hub, '{options.HubName}', not '{hub}'.");
    }

    private static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';

    private static string Location(string name, MethodInfo method) => $"Function '{name}' ({method.DeclaringType?.FullName}.{method.Name})";
}
