using Azure.Core.Serialization;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>The serializer of the app's functions as the converter of their durable inputs and results, as on Azure.</summary>
internal sealed class SerializerConverter(ObjectSerializer serializer) : DataConverter
{
    public override string? Serialize(object? value) => value is null ? null : serializer.Serialize(value, value.GetType(), CancellationToken.None).ToString();

    public override object? Deserialize(string? data, Type targetType)
    {
        if (string.IsNullOrEmpty(data))
        {
            return null;
        }

        using Stream stream = BinaryData.FromString(data).ToStream();
        return serializer.Deserialize(stream, targetType, CancellationToken.None);
    }
}
