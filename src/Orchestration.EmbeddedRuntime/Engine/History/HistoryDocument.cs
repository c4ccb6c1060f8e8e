using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestration.EmbeddedRuntime.Store.Reading;

namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>
/// An exported history: JSON with one line for an event, so that people can read and compare it. Later builds must read it: members are
/// only ever added.
/// </summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Name">Its orchestrator.</param>
/// <param name="RuntimeStatus">Where it stood.</param>
/// <param name="Turns">The history of its current execution, turn by turn.</param>
internal sealed record HistoryDocument(
    string InstanceId, string Name, string RuntimeStatus, IReadOnlyList<IReadOnlyList<HistoryEvent>> Turns)
{
    private const string Format = "orchestration-history/1";

    public static HistoryDocument Of(StoredInstance stored) =>
        new(stored.Instance.InstanceId, stored.Instance.Name, stored.Instance.Status.ToString(), stored.Turns);

    public string Write()
    {
        var text = new StringBuilder()
            .Append("{\n")
            .Append("  \"format\": ").Append(Text(Format)).Append(",\n")
            .Append("  \"instanceId\": ").Append(Text(InstanceId)).Append(",\n")
            .Append("  \"name\": ").Append(Text(Name)).Append(",\n")
            .Append("  \"runtimeStatus\": ").Append(Text(RuntimeStatus)).Append(",\n")
            .Append("  \"turns\": [");
        text.AppendJoin(',', Turns.Select(turn =>
            "\n    [\n" + string.Join(",\n", turn.Select(past => "      " + Encoding.UTF8.GetString(HistoryCodec.WriteEvent(past)))) + "\n    ]"));
        return text.Append("\n  ]\n}\n").ToString();
    }

    /// <exception cref="FormatException">The text is no exported history, or of a format that this build does not know.</exception>
    public static HistoryDocument Read(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            string? format = root.GetProperty("format").GetString();
            return format == Format
                ? new HistoryDocument(
                    root.GetProperty("instanceId").GetString() ?? string.Empty,
                    root.GetProperty("name").GetString() ?? string.Empty,
                    root.GetProperty("runtimeStatus").GetString() ?? string.Empty,
                    [.. root.GetProperty("turns").EnumerateArray().Select(turn => HistoryCodec.ReadEvents(Encoding.UTF8.GetBytes(turn.GetRawText())))])
                : throw new FormatException($"Expected a history of the format '{Format}', found '{format}'.");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or NotSupportedException)
        {
            throw new FormatException($"Expected an exported history ('{Format}'): {exception.Message}", exception);
        }
    }

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
