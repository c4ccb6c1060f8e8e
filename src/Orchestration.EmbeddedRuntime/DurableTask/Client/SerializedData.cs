using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Client;

/// <summary>A value as text, with the converter that wrote it.</summary>
/// <param name="data">The text.</param>
/// <param name="converter">Reads it; null: the JSON converter.</param>
public sealed class SerializedData(string data, DataConverter? converter = null)
{
    public string Value { get; } = data;

    public DataConverter Converter { get; } = converter ?? JsonDataConverter.Default;

    /// <summary>The value that the text stands for.</summary>
    public T? ReadAs<T>() => Converter.Deserialize<T>(Value);
}
