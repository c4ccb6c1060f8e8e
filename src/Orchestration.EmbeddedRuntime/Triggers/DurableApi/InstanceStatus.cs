using System.Text.Json;
using System.Text.Json.Nodes;
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
    [property: JsonPropertyName("lastUpdatedTime")] string LastUpdatedTime,
    [property: JsonPropertyName("historyEvents")]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<JsonObject>? HistoryEvents = null)
{
    /// <param name="instance">With inputs and outputs, where those are to be shown.</param>
    /// <param name="showInput">Whether the input is shown.</param>
    public static InstanceStatus From(OrchestrationMetadata instance, bool showInput = true) => new(
        instance.Name,
        instance.InstanceId,
        instance.RuntimeStatus.ToString(),
        showInput ? DurableJson.Element(instance.SerializedInput) : null,
        DurableJson.Element(instance.SerializedCustomStatus),
        DurableJson.Element(instance.SerializedOutput) ?? Failure(instance),
        DurableJson.Time(instance.CreatedAt),
        DurableJson.Time(instance.LastUpdatedAt));

    private static JsonElement? Failure(OrchestrationMetadata instance)
        => instance.FailureDetails is { } details ? JsonSerializer.SerializeToElement(details.ToString()) : null;
}
