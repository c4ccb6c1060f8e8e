using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Orchestration.EmbeddedRuntime.Triggers.Outputs;

namespace Orchestration.EmbeddedRuntime.Triggers.Functions;

/// <summary>The definition of a function as its method shows it.</summary>
internal sealed class ReflectedFunctionDefinition : FunctionDefinition
{
    public ReflectedFunctionDefinition(string name, MethodInfo method, string triggerType, FunctionOutputs outputs)
    {
        Name = name;
        EntryPoint = $"{method.DeclaringType?.FullName}.{method.Name}";
        PathToAssembly = method.Module.FullyQualifiedName;
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{EntryPoint}/{name}")))[..16];

        var parameters = method.GetParameters();
        Parameters = [.. parameters.Select(Describe)];
        InputBindings = parameters
            .Where(parameter => parameter.GetCustomAttribute<BindingAttribute>() is not null)
            .ToImmutableDictionary(parameter => parameter.Name ?? string.Empty, BindingMetadata (parameter) => Binding(parameter, triggerType));
        OutputBindings = outputs.Bindings
            .ToImmutableDictionary(output => output.Name, BindingMetadata (output) => new Metadata(output.Name, output.Type, BindingDirection.Out));
        if (triggerType == "httpTrigger" && method.ReturnType != typeof(void) && !OutputBindings.ContainsKey(FunctionOutputs.Return))
        {
            OutputBindings = OutputBindings.Add(FunctionOutputs.Return, new Metadata(FunctionOutputs.Return, "http", BindingDirection.Out));
        }
    }

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    public override string PathToAssembly { get; }

    public override string EntryPoint { get; }

    public override string Id { get; }

    public override string Name { get; }

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }

    private static FunctionParameter Describe(ParameterInfo parameter)
    {
        var attribute = parameter.GetCustomAttribute<BindingAttribute>();
        return new(
            parameter.Name ?? string.Empty,
            parameter.ParameterType,
            parameter.HasDefaultValue,
            parameter.HasDefaultValue ? parameter.DefaultValue : null,
            attribute is null
                ? ImmutableDictionary<string, object>.Empty
                : ImmutableDictionary<string, object>.Empty.Add("bindingAttribute", attribute));
    }

    private static Metadata Binding(ParameterInfo parameter, string triggerType)
        => new Metadata(
            parameter.Name ?? string.Empty,
            parameter.GetCustomAttribute<BindingAttribute>() switch
            {
                TriggerBindingAttribute => triggerType,
                BlobInputAttribute => "blob",
                _ => "durableClient",
            },
            BindingDirection.In);

    private sealed class Metadata(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name { get; } = name;

        public override string Type { get; } = type;

        public override BindingDirection Direction { get; } = direction;
    }
}
