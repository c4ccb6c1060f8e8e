using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>Histories, messages and failures as UTF-8 JSON. Safe for concurrent use.</summary>
internal static class HistoryCodec
{
    private static readonly HistoryJson Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Payloads are JSON texts inside JSON; nothing here is ever put into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FailurePropertiesConverter() },
    });

    public static byte[] WriteEvents(IReadOnlyList<HistoryEvent> events) =>
        JsonSerializer.SerializeToUtf8Bytes(events, Json.IReadOnlyListHistoryEvent);

    /// <exception cref="JsonException">The bytes are no list of events.</exception>
    public static IReadOnlyList<HistoryEvent> ReadEvents(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, Json.IReadOnlyListHistoryEvent) ?? throw new JsonException("Expected a list of history events, found null.");

    public static byte[] WriteEvent(HistoryEvent historyEvent) => JsonSerializer.SerializeToUtf8Bytes(historyEvent, Json.HistoryEvent);

    /// <exception cref="JsonException">The bytes are no event.</exception>
    public static HistoryEvent ReadEvent(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, Json.HistoryEvent) ?? throw new JsonException("Expected a history event, found null.");

    public static byte[] WriteFailure(TaskFailureDetails failure) => JsonSerializer.SerializeToUtf8Bytes(failure, Json.TaskFailureDetails);

    public static TaskFailureDetails? ReadFailure(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, Json.TaskFailureDetails);

    public static byte[] WriteTags(IReadOnlyDictionary<string, string> tags) =>
        JsonSerializer.SerializeToUtf8Bytes(tags, Json.IReadOnlyDictionaryStringString);

    public static IReadOnlyDictionary<string, string>? ReadTags(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, Json.IReadOnlyDictionaryStringString);

    /// <summary>
    /// The failure as it will be after a restart, so that orchestrators see the same values before and after one:
    /// numbers in properties become doubles, unknown objects dictionaries.
    /// </summary>
    public static TaskFailureDetails Normalize(TaskFailureDetails failure) =>
        ReadFailure(WriteFailure(failure)) ?? failure;
}

[JsonSerializable(typeof(IReadOnlyList<HistoryEvent>))]
[JsonSerializable(typeof(TaskFailureDetails))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class HistoryJson : JsonSerializerContext;
