using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>An orchestration instance as the durable HTTP API shows it: times in UTC, to the second.</summary>
internal sealed record InstanceStatus(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("instanceId")] string InstanceId,
    [property: JsonPropertyName("runtimeStatus")] string RuntimeStatus,
    [property: JsonPropertyName("input")] JsonElement? Input,
    [property: JsonPropertyName("customStatus")] JsonElement? CustomStatus,
    [property: JsonPropertyName("output")] JsonElement? Output,
    [property: JsonPropertyName("createdTime")] string CreatedTime,
    [property: JsonPropertyName("lastUpdatedTime")] string LastUpdatedTime)
{
    /// <param name="instance">With inputs and outputs, where those are to be shown.</param>
    /// <param name="showInput">Whether the input is shown.</param>
    public static InstanceStatus From(OrchestrationMetadata instance, bool showInput = true) => new(
        instance.Name,
        instance.InstanceId,
        instance.RuntimeStatus.ToString(),
        showInput ? Json(instance.SerializedInput) : null,
        Json(instance.SerializedCustomStatus),
        Json(instance.SerializedOutput) ?? Failure(instance),
        Time(instance.CreatedAt),
        Time(instance.LastUpdatedAt));

    /// <summary>The JSON itself; a text that is no JSON as a text.</summary>
    private static JsonElement? Json(string? serialized)
    {
        if (string.IsNullOrEmpty(serialized))
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(serialized);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(serialized);
        }
    }

    private static JsonElement? Failure(OrchestrationMetadata instance)
        => instance.FailureDetails is { } details ? JsonSerializer.SerializeToElement(details.ToString()) : null;

    private static string Time(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
