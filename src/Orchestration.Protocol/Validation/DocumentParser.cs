using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Yaml;

namespace Orchestration.Protocol.Validation;

/// <summary>Reads the text of documents: JSON or YAML, limited in size and depth, of whole Unicode characters, no member twice.</summary>
public static class DocumentParser
{
    /// <summary>Levels that a document may have. What keeps and shows it adds some of its own, within <see cref="ProtocolJson.MaximumDepth"/>.</summary>
    public const int MaximumDepth = 48;

    private static readonly JsonDocumentOptions ParserOptions = new() { MaxDepth = MaximumDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a document that must be an object. Never throws for bad input.</summary>
    /// <param name="utf8">The document. A byte order mark at its beginning is passed over.</param>
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
            var json = format == DocumentFormat.Yaml ? YamlReader.ToJson(utf8.Span) : utf8[(utf8.Span.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0)..];
            if (!Utf8.IsValid(json.Span))
            {
                return new Violation("", ErrorCodes.InvalidJson, "Expected a JSON document in UTF-8, found bytes that are none.");
            }

            if (FindHalfCharacter(json.Span) is { } violation)
            {
                return violation;
            }

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
            var place = exception.LineNumber is { } line ? $"; at line {line + 1}, byte {exception.BytePositionInLine + 1}" : "";
            return new Violation("", ErrorCodes.InvalidJson, $"Expected a JSON document{place}: {FirstSentence(exception.Message)}");
        }
    }

    internal static string FirstSentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }

    /// <summary>
    /// JSON can write half of a character, as one <c>\uD800</c> without its other, of which no string can be made: <see cref="JsonDocument"/>
    /// finds that only when the string is asked for.
    /// </summary>
    private static Violation? FindHalfCharacter(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        while (reader.Read())
        {
            if (reader.ValueIsEscaped)
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    return new Violation("", ErrorCodes.InvalidJson, $"Expected whole characters, found an escape that is half of one in the string at byte {reader.TokenStartIndex + 1}.");
                }
            }
        }

        return null;
    }
}
