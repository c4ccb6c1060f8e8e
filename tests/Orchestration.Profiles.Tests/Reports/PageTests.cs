using System.Text.RegularExpressions;
using System.Xml.Linq;
using Orchestration.Profiles.Reports;

namespace Orchestration.Profiles.Tests.Reports;

public sealed partial class PageTests
{
    public static TheoryData<string> Formats => new(ReportFormats.Names);

    [Theory]
    [MemberData(nameof(Formats))]
    public void No_report_has_control_characters_or_ones_that_turn_the_direction(string format)
    {
        Assert.DoesNotContain(SampleReport.Write(format), letter => (char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')) || letter is '\u202e');
    }

    [Fact]
    public void The_page_runs_and_loads_nothing()
    {
        var page = SampleReport.Write("html");

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)<(?:img|link|iframe|object|embed|form)|\\s(?:src|href|on[a-z]+)\\s*=|@import|url\\(", page);
    }

    [Fact]
    public void The_page_closes_what_it_opens()
    {
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(StyleElement().Replace(SampleReport.Write("html"), "")))
        {
            var name = tag.Groups["name"].Value;
            if (name is "meta")
            {
                continue;
            }

            if (tag.Groups["close"].Length == 0)
            {
                open.Push(name);
            }
            else
            {
                Assert.Equal(open.Pop(), name);
            }
        }

        Assert.Empty(open);
    }

    [Fact]
    public void The_page_fits_a_phone_and_paper()
    {
        var page = SampleReport.Write("html");

        Assert.Contains("width=device-width", page, StringComparison.Ordinal);
        Assert.Contains("@media print", page, StringComparison.Ordinal);
    }

    [Fact]
    public void JUnit_counts_what_it_lists()
    {
        var root = XDocument.Parse(SampleReport.Write("junit")).Root!;

        Assert.Equal("testsuites", root.Name.LocalName);
        Assert.Equal(["security", "cis-debian-12-level-1", "vulnerabilities"], root.Elements("testsuite").Select(suite => suite.Attribute("name")!.Value));
        Assert.All(root.Elements("testsuite"), suite =>
        {
            Assert.Equal(suite.Elements("testcase").Count(), (int)suite.Attribute("tests")!);
            Assert.Equal(suite.Elements("testcase").Count(item => item.Element("failure") is not null), (int)suite.Attribute("failures")!);
            Assert.Equal(suite.Elements("testcase").Count(item => item.Element("skipped") is not null), (int)suite.Attribute("skipped")!);
        });
        Assert.Equal(root.Descendants("failure").Count(), (int)root.Attribute("failures")!);
        Assert.Equal(root.Descendants("testcase").Count(), (int)root.Attribute("tests")!);
    }

    [Fact]
    public void Markdown_keeps_tables_whole_whatever_a_guest_writes()
    {
        var text = SampleReport.Write("markdown");

        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n').Where(line => line.StartsWith("| critical", StringComparison.Ordinal) || line.StartsWith("| high", StringComparison.Ordinal)),
            line => Assert.Equal(4, UnescapedBar().Count(line)));
        Assert.Contains("GK-SSH-001", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_says_what_json_says()
    {
        var yaml = new YamlDotNet.Serialization.DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build()
            .Deserialize<Dictionary<string, object>>(SampleReport.Write("yaml"));
        var json = System.Text.Json.Nodes.JsonNode.Parse(SampleReport.Write("json"))!.AsObject();

        Assert.Equal(json.Select(member => member.Key), yaml.Keys);
        Assert.Equal(json["image"]!.GetValue<string>(), yaml["image"]);
        Assert.Equal(json["profiles"]!.AsArray().Count, Assert.IsAssignableFrom<System.Collections.IList>(yaml["profiles"]).Count);
    }

    [GeneratedRegex("<(?<close>/?)(?<name>[a-z][a-z0-9]*)")]
    private static partial Regex Tag();

    [GeneratedRegex("(?s)<style>.*?</style>")]
    private static partial Regex StyleElement();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex UnescapedBar();
}
