using System.Text;
using Orchestration.Functions.Intake;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Tests.Intake;

public class BatchReaderTests
{
    [Theory]
    [InlineData("""[{"a":1},{"b":[2,{"c":"]},["}]}]""", new[] { """{"a":1}""", """{"b":[2,{"c":"]},["}]}""" })]
    [InlineData("""  [ {"a":"\"\\"} , {"b":"\\\\"} ]  """, new[] { """{"a":"\"\\"} """, """{"b":"\\\\"} """ })]
    [InlineData("{\"a\":1}\n\n  \r\n{\"b\":2}\r\n{\"c\":3}", new[] { "{\"a\":1}", "{\"b\":2}\r", "{\"c\":3}" })]
    [InlineData("\uFEFF[{\"a\":1}]", new[] { "{\"a\":1}" })]
    [InlineData("\uFEFF{\"a\":1}\n{\"b\":2}", new[] { "{\"a\":1}", "{\"b\":2}" })]
    [InlineData("[]", new string[0])]
    [InlineData("", new string[0])]
    [InlineData(" \n ", new string[0])]
    public async Task A_batch_is_taken_apart_into_its_documents(string batch, string[] documents) =>
        Assert.Equal(documents, await ReadAsync(batch));

    [Theory]
    [InlineData("""[{"a":1},{"b":2""", new[] { """{"a":1}""", """{"b":2""" })]
    [InlineData("""[{"a":1}""", new[] { """{"a":1}""" })]
    [InlineData("""[{"a":1},""", new[] { """{"a":1}""", "[" })]
    [InlineData("[", new[] { "[" })]
    [InlineData("""[{"a":1}] {"b":2}""", new[] { """{"a":1}""", """{"b":2}""" })]
    [InlineData("[1,]}", new[] { "1", "}" })]
    public async Task What_is_broken_is_given_out_so_that_it_is_refused(string batch, string[] documents) =>
        Assert.Equal(documents, await ReadAsync(batch));

    [Fact]
    public async Task Of_a_document_that_is_too_large_one_byte_too_many_is_kept_and_the_next_is_whole()
    {
        var batch = $"[{{\"a\":\"{new string('x', 3 * JobDocumentReader.MaximumBytes)}\"}},{{\"b\":1}}]";

        var documents = await ReadAsync(batch);

        Assert.Equal(JobDocumentReader.MaximumBytes + 1, documents[0].Length);
        Assert.Equal("""{"b":1}""", documents[1]);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(string batch)
    {
        var documents = new List<string>();
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(batch));
        await foreach (var document in BatchReader.ReadAsync(content, CancellationToken.None))
        {
            documents.Add(Encoding.UTF8.GetString(document.Span));
        }

        return documents;
    }
}
