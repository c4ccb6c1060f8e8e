using System.Text.Json;

namespace Orchestration.Inspection.Packages.Bundles;

/// <summary>Snaps by snapd's own record of them, <c>state.json</c>.</summary>
internal static class SnapReader
{
    public const string State = "/var/lib/snapd/state.json";

    private const int MaximumBytes = 64 << 20;

    public static IReadOnlyList<ApplicationBundle> Read(FactReader reader)
    {
        if (reader.Text(State, MaximumBytes) is not { } text)
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return Member(Member(document.RootElement, "data"), "snaps") is { ValueKind: JsonValueKind.Object } snaps
                ? [.. snaps.EnumerateObject().Select(Describe).OrderBy(snap => snap.Name, StringComparer.Ordinal)]
                : [];
        }
        catch (JsonException exception)
        {
            reader.WarnUnreadable(State, $"expected JSON, found {exception.Message}");
            return [];
        }
    }

    private static ApplicationBundle Describe(JsonProperty snap) => new(
        "snap",
        snap.Name,
        Text(Member(snap.Value, "type")) ?? "app",
        Text(Member(snap.Value, "current")),
        Text(Member(snap.Value, "channel")),
        Architecture: null,
        Member(snap.Value, "active")?.ValueKind == JsonValueKind.True,
        State);

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) ? member : null;

    /// <summary>Revisions are strings or numbers, by the version of snapd.</summary>
    private static string? Text(JsonElement? element) => element?.ValueKind switch
    {
        JsonValueKind.String => element.Value.GetString(),
        JsonValueKind.Number => element.Value.GetRawText(),
        _ => null,
    };
}
