using System.Text.Json;

namespace Orchestration.Inspection.Languages.Documents;

/// <summary>Members of JSON that was written by anybody: what is not of the expected kind is as good as missing.</summary>
internal static class JsonMembers
{
    public static JsonElement? Member(this JsonElement owner, string name, JsonValueKind kind) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : null;

    public static string? Text(this JsonElement owner, string name) => owner.Member(name, JsonValueKind.String)?.GetString() is { Length: > 0 } text ? text : null;

    public static bool IsTrue(this JsonElement owner, string name) => owner.Member(name, JsonValueKind.True) is not null;

    public static IEnumerable<JsonProperty> Members(this JsonElement owner, string name) =>
        owner.Member(name, JsonValueKind.Object) is { } members ? members.EnumerateObject() : [];

    public static IEnumerable<JsonElement> Items(this JsonElement owner, string name) =>
        owner.Member(name, JsonValueKind.Array) is { } items ? items.EnumerateArray() : [];

    /// <summary>A licence as npm and Composer write it: a text, an object with a type, or a list of either.</summary>
    public static string? Licence(this JsonElement owner, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var texts = owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var member)
                ? member.ValueKind == JsonValueKind.Array ? [.. member.EnumerateArray().Select(One).OfType<string>()] : One(member) is { } one ? [one] : Array.Empty<string>()
                : [];
            if (texts.Length > 0)
            {
                return string.Join(" OR ", texts);
            }
        }

        return null;
    }

    private static string? One(JsonElement licence) => licence.ValueKind == JsonValueKind.String ? licence.GetString() : licence.Text("type");
}
