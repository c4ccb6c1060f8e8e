using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Orchestration.Protocol;

/// <summary>How the documents of the protocol are written as JSON: snake_case, absent rather than null, enums by name.</summary>
public static class ProtocolJson
{
    /// <summary>Nesting allowed in a document; deeper ones are refused by the parser.</summary>
    public const int MaximumDepth = 64;

    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>The same, for files that people open.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>
    /// Reads a document as a type. A member that is null counts as absent, whatever its type, so that its default holds; members that
    /// the type does not know, and required ones, stay as they are.
    /// </summary>
    /// <exception cref="JsonException">The document is not of that form.</exception>
    public static T? Read<T>(JsonElement document)
    {
        var node = JsonSerializer.SerializeToNode(document, Options);
        RemoveNulls(node, Options.GetTypeInfo(typeof(T)));
        return node.Deserialize<T>(Options);
    }

    private static void RemoveNulls(JsonNode? node, JsonTypeInfo type)
    {
        if (node is not JsonObject members || type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            if (!members.TryGetPropertyValue(property.Name, out var value))
            {
                continue;
            }

            if (value is null && !property.IsRequired)
            {
                members.Remove(property.Name);
            }
            else
            {
                RemoveNulls(value, Options.GetTypeInfo(property.PropertyType));
            }
        }
    }

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DictionaryKeyPolicy = null,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
            MaxDepth = MaximumDepth,
            WriteIndented = indented,

            // The documents are served as application/json and never embedded in HTML, so quotes and non-ASCII text stay readable.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
