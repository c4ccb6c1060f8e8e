using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Http;
using Orchestration.EmbeddedRuntime.Triggers.Durable;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Outputs;

/// <summary>What becomes of a function's return value: outputs, by attributes on the method or on properties, and the HTTP answer. Immutable.</summary>
internal sealed class FunctionOutputs
{
    /// <summary>The name of the return value as a whole.</summary>
    public const string Return = "$return";

    private readonly IReadOnlyList<(string Name, PropertyInfo? Property, OutputBinding Binding)> _bindings;
    private readonly PropertyInfo? _answer;
    private readonly bool _isTakenApart;

    private FunctionOutputs(
        IReadOnlyList<(string Name, PropertyInfo? Property, OutputBinding Binding)> bindings, PropertyInfo? answer, bool isTakenApart)
    {
        _bindings = bindings;
        _answer = answer;
        _isTakenApart = isTakenApart;
    }

    /// <summary>Name and kind of each output.</summary>
    public IEnumerable<(string Name, string Type)> Bindings => _bindings.Select(output => (output.Name, output.Binding.Type));

    /// <exception cref="FunctionHostException">An output is declared wrong.</exception>
    public static FunctionOutputs Of(MethodInfo method, Trigger trigger, string location, SettingExpander settings)
    {
        var bindings = new List<(string, PropertyInfo?, OutputBinding)>();
        if (method.GetCustomAttribute<OutputBindingAttribute>() is { } ofMethod)
        {
            bindings.Add((Return, null, Bind(ofMethod)));
        }

        PropertyInfo[] properties = ResultType(method.ReturnType).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        PropertyInfo? answer = null;
        foreach (PropertyInfo property in properties)
        {
            switch (property.GetCustomAttribute<OutputBindingAttribute>())
            {
                case HttpResultAttribute:
                    answer = property;
                    break;
                case { } output:
                    bindings.Add((property.Name, property, Bind(output)));
                    break;
            }
        }

        bool isTakenApart = answer is not null || bindings.Exists(output => output.Item2 is not null);
        if (isTakenApart && answer is null && trigger.BindingType == "httpTrigger")
        {
            answer = Array.Find(properties, property => IsAnswer(property.PropertyType));
        }

        return bindings.Count == 0 || trigger is not (OrchestrationTrigger or EntityTrigger)
            ? new FunctionOutputs(bindings, answer, isTakenApart)
            : throw new FunctionHostException("output.unsupported", location, $"The {trigger.BindingType} has no outputs but its result.");

        OutputBinding Bind(OutputBindingAttribute attribute) => attribute switch
        {
            BlobOutputAttribute blob => new BlobOutput(blob, location, settings),
            _ => throw new FunctionHostException(
                "output.unknown", location, $"The embedded runtime has no output {attribute.GetType().Name}."),
        };
    }

    /// <summary>Takes a return value apart.</summary>
    /// <returns>What is left as the function's result, for HTTP the answer.</returns>
    public object? Split(object? value, EmbeddedFunctionContext context)
    {
        if (_bindings.Count == 0 && !_isTakenApart)
        {
            return value;
        }

        foreach (var (name, property, binding) in _bindings)
        {
            object? output = property is null ? value : value is null ? null : property.GetValue(value);
            context.Outputs.Add(new OutputValue(name, binding.Type, output, binding));
        }

        // An activity's result goes to its orchestrator as a whole all the same.
        return context.Function.Trigger is ActivityTrigger ? value
            : _isTakenApart ? value is null ? null : _answer?.GetValue(value)
            : null;
    }

    /// <summary>Writes the outputs, as middleware left them.</summary>
    public static async Task WriteAsync(EmbeddedFunctionContext context)
    {
        foreach (OutputValue output in context.Outputs)
        {
            if (output.Value is not null)
            {
                await output.Binding.WriteAsync(output.Value, context);
            }
        }
    }

    private static Type ResultType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is { } definition && (definition == typeof(Task<>) || definition == typeof(ValueTask<>))
            ? type.GetGenericArguments()[0]
            : type;

    private static bool IsAnswer(Type type) =>
        typeof(HttpResponseData).IsAssignableFrom(type) || typeof(IActionResult).IsAssignableFrom(type) || typeof(IResult).IsAssignableFrom(type);
}
