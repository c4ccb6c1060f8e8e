using System.Text.Json;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Yaml;

namespace Orchestration.Protocol.Validation;

/// <summary>Reads the text of documents: JSON or YAML, limited in size and depth, no member twice.</summary>
public static class DocumentParser
{
    private static readonly JsonDocumentOptions ParserOptions = new() { MaxDepth = ProtocolJson.MaximumDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a document that must be an object. Never throws for bad input.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="root">The object.</param>
    /// <returns>What is wrong with it; null where it could be read.</returns>
    public static Violation? TryParse(ReadOnlyMemory<byte> utf8, DocumentFormat format, out JsonElement root)
    {
        root = default;
        if (utf8.Length > JobDocumentReader.MaximumBytes)
        {
            return new Violation("", ErrorCodes.ResourceLimit, $"Expected at most {JobDocumentReader.MaximumBytes} bytes, found {utf8.Length}.");
        }

        try
        {
            var json = format == DocumentFormat.Yaml ? YamlReader.ToJson(utf8.Span) : utf8;
            using var document = JsonDocument.Parse(json, ParserOptions);
            root = document.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Object ? null : new Violation("", ErrorCodes.InvalidJson, "Expected an object.");
        }
        catch (JobException exception)
        {
            return new Violation("", exception.Code, exception.Message);
        }
        catch (JsonException exception)
        {
            return new Violation(
                "", ErrorCodes.InvalidJson, $"Expected a JSON document; at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: {FirstSentence(exception.Message)}");
        }
    }

    internal static string FirstSentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }
}
