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

    /// <summary>What the worker tells the Functions host that it can do; the embedded runtime is both.</summary>
    public IDictionary<string, string> Capabilities { get; } = new Dictionary<string, string>();

    /// <summary>Kept for compatibility: the embedded runtime always shows the function's own exception.</summary>
    public bool EnableUserCodeException { get; set; } = true;

    /// <summary>Kept for compatibility: nothing travels between processes here.</summary>
    public bool IncludeEmptyEntriesInMessagePayload { get; set; }
}
