using System.Text;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;
using Orchestration.Protocol.Yaml;

namespace Orchestration.Protocol.Tests.Yaml;

public class YamlReaderTests
{
    [Theory]
    [InlineData("a: null", """{"a":null}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a:", """{"a":null}""")]
    [InlineData("a: [true, False, yes, off]", """{"a":[true,false,"yes","off"]}""")]
    [InlineData("a: [12, -7, +7, 007, 0x1F, 0o17, 1_000]", """{"a":[12,-7,7,7,31,15,"1_000"]}""")]
    [InlineData("a: [1.5, -.5, 5., 1e3, 1.2.3]", """{"a":[1.5,-0.5,5,1000,"1.2.3"]}""")]
    [InlineData("a: 123456789012345678901234567890", """{"a":123456789012345678901234567890}""")]
    [InlineData("a: ['1', \"true\", !!str 7, ! 8]", """{"a":["1","true","7","8"]}""")]
    [InlineData("a: 2026-03-01T08:00:00Z", """{"a":"2026-03-01T08:00:00Z"}""")]
    [InlineData("a: |\n  two\n  lines\n", """{"a":"two\nlines\n"}""")]
    [InlineData("7: x", """{"7":"x"}""")]
    [InlineData("--- # a comment\na: {b: [c]}\n...\n", """{"a":{"b":["c"]}}""")]
    public void Scalars_mean_what_the_core_schema_says(string yaml, string json) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(Read(yaml))), Read(yaml));

    [Theory]
    [InlineData("a: &x 1", "Anchors")]
    [InlineData("a: *x", "Anchors")]
    [InlineData("&x a: 1", "name")]
    [InlineData("a: !!binary aGk=", "tag")]
    [InlineData("a: !ruby/object:Gem x", "tag")]
    [InlineData("a: !!set {x}", "tag")]
    [InlineData("a: .inf", "number")]
    [InlineData("a: .NaN", "number")]
    [InlineData("a: 1e999", "number")]
    [InlineData("a: 1\na: 2", "twice")]
    [InlineData("? [a, b]\n: 1", "name")]
    [InlineData("a: 1\n---\nb: 2", "one YAML document")]
    [InlineData("", "nothing")]
    [InlineData("a: [1", "line")]
    [InlineData("a: 'x", "line")]
    [InlineData("a:\n\t- b", "line")]
    public void What_is_hostile_or_broken_is_refused(string yaml, string reason)
    {
        var refusal = Assert.Throws<JobException>(() => Read(yaml));

        Assert.Equal(ErrorCodes.InvalidYaml, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_at_its_first_anchor()
    {
        var bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + string.Join('\n', Enumerable.Range(0, 9).Select(level =>
            $"{(char)('b' + level)}: &{(char)('b' + level)} [{string.Join(", ", Enumerable.Repeat($"*{(char)('a' + level)}", 9))}]"));

        Assert.Contains("line 1", Assert.Throws<JobException>(() => Read(bomb)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Nesting_without_an_end_is_refused(string opening)
    {
        var document = string.Concat(Enumerable.Repeat(opening, JobDocumentReader.MaximumBytes / opening.Length));

        Assert.Equal(ErrorCodes.InvalidYaml, Assert.Throws<JobException>(() => Read(document)).Code);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Equal(ErrorCodes.InvalidYaml, Assert.Throws<JobException>(() => YamlReader.ToJson([0x61, 0x3A, 0x20, 0xFF, 0xFE])).Code);

    [Fact]
    public void Random_documents_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(11);
        const string Letters = "ab01:-?[]{},&*!|>'\"%@` \n\t#~.";
        for (var round = 0; round < 5000; round++)
        {
            var document = new string([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Letters[random.Next(Letters.Length)])]);
            var refusal = Record.Exception(() => Read(document));
            Assert.True(refusal is null or JobException { Code: ErrorCodes.InvalidYaml }, $"{document}\n{refusal}");
        }
    }

    [Fact]
    public void A_job_document_may_be_written_as_YAML()
    {
        var document = """
            version: "1.0"
            job_id: insp-yaml-01
            created_at: 2026-03-01T08:00:00Z
            kind: VMOperation
            operation: guestkit.inspect
            execution: {priority: 8, cancellable: true}
            payload:
              type: guestkit.inspect.v1
              data:
                image: {path: images/a.qcow2, format: qcow2}
            """u8.ToArray();

        var reading = JobDocumentReader.Read(document, new ReadingOptions { Format = DocumentFormat.Yaml });

        Assert.Empty(reading.Violations);
        Assert.Equal(8, reading.Document?.Execution.Priority);
        Assert.Equal("images/a.qcow2", reading.Document?.Payload.Data.GetProperty("image").GetProperty("path").GetString());
    }

    [Theory]
    [InlineData("application/yaml; charset=utf-8", DocumentFormat.Yaml)]
    [InlineData("text/x-yaml", DocumentFormat.Yaml)]
    [InlineData("application/vnd.job+yaml", DocumentFormat.Yaml)]
    [InlineData("application/json", DocumentFormat.Json)]
    [InlineData(null, DocumentFormat.Json)]
    public void The_media_type_tells_the_format(string? mediaType, DocumentFormat format) =>
        Assert.Equal(format, DocumentFormats.OfMediaType(mediaType));

    private static string Read(string yaml) => Encoding.UTF8.GetString(YamlReader.ToJson(Encoding.UTF8.GetBytes(yaml)).Span);
}
