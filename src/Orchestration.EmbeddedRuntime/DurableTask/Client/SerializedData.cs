using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Client;

/// <summary>A value that is still text.</summary>
/// <param name="data">The text.</param>
/// <param name="converter">Reads it; null: the JSON converter.</param>
public sealed class SerializedData(string data, DataConverter? converter = null)
{
    public string Value { get; } = data ?? throw new ArgumentNullException(nameof(data));

    public DataConverter Converter { get; } = converter ?? JsonDataConverter.Default;

    public T? ReadAs<T>() => Converter.Deserialize<T>(Value);
}
