using System.ComponentModel;
using Microsoft.Azure.Functions.Worker;

namespace Orchestration.EmbeddedRuntime.Triggers.Functions;

/// <summary>Turns texts of routes and blob paths into parameters.</summary>
internal static class TextValue
{
    /// <summary>Whether values of a type can be read from text.</summary>
    public static bool CanBe(Type type) => type == typeof(string) || TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    /// <summary>A binder for the named entry of the invocation's binding data.</summary>
    public static ParameterBinder BindingData(string name, Type type) => context =>
    {
        context.BindingContext.BindingData.TryGetValue(name, out var value);
        return ValueTask.FromResult(Convert(name, value as string, type));
    };

    private static object? Convert(string name, string? text, Type type)
    {
        if (text is null)
        {
            return null;
        }

        if (type == typeof(string))
        {
            return text;
        }

        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new FunctionInputConverterException($"'{name}' must be a {type.Name}.", exception);
        }
    }
}
