using System.Text;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Tests.Validation;

public class DocumentParserTests
{
    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"\udc00x"}""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("""{"a":[{"b":"\ud83d\u0041"}]}""")]
    public void An_escape_that_is_half_a_character_is_refused(string text) => AssertRefused("half of one", Parse(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud800"}""")]
    [InlineData("""{"a\u0000":"\u0000"}""")]
    public void An_escape_that_is_a_whole_character_is_taken(string text) => Assert.Null(Parse(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void Bytes_that_are_no_UTF_8_are_refused_and_not_replaced(byte[] bytes) => AssertRefused("UTF-8", Parse([.. "{\"a\":\""u8, .. bytes, .. "\"}"u8]));

    [Theory]
    [InlineData(DocumentFormat.Json)]
    [InlineData(DocumentFormat.Yaml)]
    public void A_byte_order_mark_is_passed_over(DocumentFormat format) => Assert.Null(Parse([.. Encoding.UTF8.Preamble, .. "{\"a\":1}"u8], format));

    [Theory]
    [InlineData(DocumentFormat.Json)]
    [InlineData(DocumentFormat.Yaml)]
    public void A_document_may_be_as_deep_as_the_limit_and_no_deeper(DocumentFormat format)
    {
        Assert.Null(Parse(Nested(DocumentParser.MaximumDepth), format));
        Assert.NotNull(Parse(Nested(DocumentParser.MaximumDepth + 1), format));
    }

    [Theory]
    [InlineData("""{"operation":1,"operation":2}""")]
    [InlineData("""{"operation":1,"\u006fperation":2}""")]
    [InlineData("""{"a":{"operation":1,"operation":2}}""")]
    public void A_member_that_stands_there_twice_is_refused_by_its_name(string text) => AssertRefused("'operation'", Parse(Encoding.UTF8.GetBytes(text)));

    /// <summary>An object in which lists are nested.</summary>
    private static byte[] Nested(int levels) => Encoding.UTF8.GetBytes($$"""{"a":{{new string('[', levels - 1)}}{{new string(']', levels - 1)}}}""");

    private static Violation? Parse(byte[] document, DocumentFormat format = DocumentFormat.Json) => DocumentParser.TryParse(document, format, out _);

    private static void AssertRefused(string because, Violation? violation)
    {
        Assert.Equal(ErrorCodes.InvalidJson, violation?.Code);
        Assert.Contains(because, violation!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("line ,", violation.Message, StringComparison.Ordinal);
    }
}
