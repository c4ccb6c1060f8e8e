using System.Text.Json;
using Azure.Core.Serialization;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Options of the worker.</summary>
public class WorkerOptions
{
    internal static readonly ObjectSerializer DefaultSerializer = new JsonObjectSerializer(
        new JsonSerializerOptions(JsonSerializerOptions.Default) { PropertyNameCaseInsensitive = true });

    /// <summary>Reads and writes JSON for <c>HttpRequestData</c>, bodies and blobs; System.Text.Json, ignoring case, where it is null.</summary>
    public ObjectSerializer? Serializer { get; set; } = DefaultSerializer;
}
