using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestration.Protocol;

/// <summary>How the documents of the protocol are written as JSON: snake_case, absent rather than null, enums by name.</summary>
public static class ProtocolJson
{
    /// <summary>Nesting allowed in a document; deeper ones are refused by the parser.</summary>
    public const int MaximumDepth = 64;

    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>The same, for files that people open.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

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
