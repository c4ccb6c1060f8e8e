using System.Buffers;
using System.Text;
using System.Text.Json;
using Orchestration.Protocol.Validation;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orchestration.Protocol.Yaml;

/// <summary>
/// Turns a YAML document into the JSON that it means. Hostile input is refused: anchors and aliases, by which a small document becomes a
/// huge one, tags beyond the core schema, keys that are no scalars or stand there twice, and nesting beyond <see cref="DocumentParser.MaximumDepth"/>.
/// </summary>
public static class YamlReader
{
    private const string CoreTag = "tag:yaml.org,2002:";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The document as JSON, in UTF-8. The caller has limited its size.</summary>
    /// <exception cref="JobException"><see cref="ErrorCodes.InvalidYaml"/>, with the line.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> utf8)
    {
        var json = new ArrayBufferWriter<byte>();
        try
        {
            using var text = new StringReader(StrictUtf8.GetString(utf8).TrimStart('\uFEFF'));
            using var writer = new Utf8JsonWriter(json);
            Convert(new Parser(new Scanner(text, skipComments: true)), writer);
        }
        catch (YamlException exception)
        {
            throw Refuse(exception.Start, exception.Message, exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // What the parser throws for some broken documents; all that it has been given is the document.
            throw new JobException(ErrorCodes.InvalidYaml, $"Expected a YAML document in UTF-8: {exception.Message}", exception);
        }

        return json.WrittenMemory;
    }

    private static void Convert(Parser parser, Utf8JsonWriter writer)
    {
        parser.Consume<StreamStart>();
        if (!parser.Accept<DocumentStart>(out _))
        {
            throw new JobException(ErrorCodes.InvalidYaml, "Expected a YAML document, found nothing.");
        }

        parser.Consume<DocumentStart>();
        ConvertNode(parser, writer, depth: 0);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
        {
            throw Refuse(second.Start, "Expected one YAML document, found another one.");
        }
    }

    private static void ConvertNode(Parser parser, Utf8JsonWriter writer, int depth)
    {
        var node = parser.Consume<ParsingEvent>();
        if (node is not NodeEvent { Anchor.IsEmpty: true } content)
        {
            throw Refuse(node.Start, "Anchors and aliases are not accepted.");
        }

        if (depth >= DocumentParser.MaximumDepth)
        {
            throw Refuse(node.Start, $"Expected nesting of at most {DocumentParser.MaximumDepth} levels.");
        }

        switch (content)
        {
            case Scalar scalar:
                ConvertScalar(scalar, writer);
                break;
            case SequenceStart sequence:
                RequireTag(sequence, "seq");
                writer.WriteStartArray();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    ConvertNode(parser, writer, depth + 1);
                }

                writer.WriteEndArray();
                break;
            case MappingStart mapping:
                RequireTag(mapping, "map");
                ConvertMapping(parser, writer, depth);
                break;
            default:
                throw Refuse(node.Start, "Expected a value.");
        }
    }

    private static void ConvertMapping(Parser parser, Utf8JsonWriter writer, int depth)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key) || !key.Anchor.IsEmpty)
            {
                throw Refuse(parser.Current?.Start ?? Mark.Empty, "Expected a name, found another kind of key.");
            }

            if (!names.Add(key.Value))
            {
                throw Refuse(key.Start, $"'{key.Value}' stands there twice.");
            }

            writer.WritePropertyName(key.Value);
            ConvertNode(parser, writer, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static void ConvertScalar(Scalar scalar, Utf8JsonWriter writer)
    {
        var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        if (tag is "!" or $"{CoreTag}str" || (tag.Length == 0 && scalar.Style != ScalarStyle.Plain))
        {
            writer.WriteStringValue(scalar.Value);
        }
        else if (tag is not ("" or $"{CoreTag}null" or $"{CoreTag}bool" or $"{CoreTag}int" or $"{CoreTag}float"))
        {
            throw Refuse(scalar.Start, $"The tag '{tag}' is not accepted.");
        }
        else if (!YamlScalars.TryWrite(scalar.Value, writer))
        {
            throw Refuse(scalar.Start, $"Expected a number that JSON has, found '{scalar.Value}'.");
        }
    }

    private static void RequireTag(NodeEvent node, string tag)
    {
        if (!node.Tag.IsEmpty && node.Tag.Value != CoreTag + tag)
        {
            throw Refuse(node.Start, $"The tag '{node.Tag.Value}' is not accepted.");
        }
    }

    private static JobException Refuse(Mark at, string reason, Exception? innerException = null) => new(
        ErrorCodes.InvalidYaml,
        $"Expected a YAML document; at line {at.Line}, column {at.Column}: {(reason.Length <= 200 ? reason : reason[..200])}",
        innerException);
}
