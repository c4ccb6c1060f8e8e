using System.Text.Json.Nodes;

namespace Orchestration.Profiles.Tests.Reports;

/// <summary>Holds JSON to what a published schema requires: members that must be there, no others, and their kinds.</summary>
internal static class JsonShape
{
    /// <param name="node">An object.</param>
    /// <param name="required">Members that it must have.</param>
    /// <param name="optional">Members that it may have beside them.</param>
    public static JsonObject Object(JsonNode? node, string[] required, params string[] optional)
    {
        var found = Assert.IsType<JsonObject>(node);
        Assert.Empty(required.Except(found.Select(member => member.Key)));
        Assert.Empty(found.Select(member => member.Key).Except(required).Except(optional));
        Assert.DoesNotContain(found, member => member.Value is null);
        return found;
    }

    public static IEnumerable<JsonNode> Items(JsonNode? node) => Assert.IsType<JsonArray>(node).Select(item => Assert.IsAssignableFrom<JsonNode>(item));

    public static string Text(JsonNode? node) => Assert.IsAssignableFrom<JsonValue>(node).GetValue<string>();

    public static string OneOf(JsonNode? node, params string[] allowed)
    {
        var text = Text(node);
        Assert.Contains(text, allowed);
        return text;
    }
}
