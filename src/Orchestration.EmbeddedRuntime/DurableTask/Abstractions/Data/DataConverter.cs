using System.Diagnostics.CodeAnalysis;

namespace Microsoft.DurableTask;

/// <summary>Turns inputs, outputs and event payloads into text and back. Safe for concurrent use.</summary>
public abstract class DataConverter
{
    /// <summary>The text of a value; null for null.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public abstract string? Serialize(object? value);

    /// <summary>The value that a text stands for; null for null.</summary>
    public abstract object? Deserialize(string? data, Type targetType);

    /// <summary>The value that a text stands for; the type's default for null.</summary>
    public virtual T? Deserialize<T>(string? data) => Deserialize(data, typeof(T)) is T value ? value : default;
}
