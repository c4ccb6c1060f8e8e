using System.Text.Json.Nodes;
using static Orchestration.Profiles.Tests.Reports.JsonShape;

namespace Orchestration.Profiles.Tests.Reports;

/// <summary>The rules of sarif-schema-2.1.0 for the objects that are written, and those of the text that no schema can say.</summary>
public sealed class SarifTests
{
    private static readonly JsonNode Log = JsonNode.Parse(SampleReport.Write("sarif"))!;

    private static JsonNode Run => Items(Log["runs"]).Single();

    [Fact]
    public void The_log_and_its_run_have_what_the_schema_requires()
    {
        Object(Log, ["version", "runs"], "$schema");
        Assert.Equal("2.1.0", Text(Log["version"]));
        Object(Run, ["tool"], "results", "automationDetails", "originalUriBaseIds");
        Object(Run["tool"], ["driver"]);
        Object(Run["tool"]!["driver"], ["name"], "version", "rules");
        Object(Run["automationDetails"], [], "id");
    }

    [Fact]
    public void Every_rule_has_an_id_of_its_own_and_a_known_level()
    {
        var rules = Items(Run["tool"]!["driver"]!["rules"]).ToList();

        Assert.Distinct(rules.Select(rule => Text(rule["id"])));
        Assert.All(rules, rule =>
        {
            Object(rule, ["id"], "shortDescription", "help", "helpUri", "defaultConfiguration", "properties");
            Object(rule["shortDescription"], ["text"]);
            OneOf(rule["defaultConfiguration"]!["level"], "none", "note", "warning", "error");
            Assert.InRange(double.Parse(Text(rule["properties"]!["security-severity"]), System.Globalization.CultureInfo.InvariantCulture), 0, 10);
            Assert.Distinct(Items(rule["properties"]!["tags"]).Select(Text));
        });
    }

    [Fact]
    public void Every_result_is_of_the_rule_at_its_index_and_only_failures_have_a_level()
    {
        var rules = Items(Run["tool"]!["driver"]!["rules"]).Select(rule => Text(rule["id"])).ToList();

        Assert.All(Items(Run["results"]), result =>
        {
            Object(result, ["message", "ruleId", "ruleIndex"], "kind", "level", "locations", "partialFingerprints", "suppressions");
            Object(result["message"], ["text"]);
            Assert.Equal(rules[result["ruleIndex"]!.GetValue<int>()], Text(result["ruleId"]));
            var kind = OneOf(result["kind"], "notApplicable", "pass", "fail", "review", "open", "informational");
            Assert.Equal(kind != "fail", OneOf(result["level"], "none", "note", "warning", "error") == "none");
        });
    }

    [Fact]
    public void Locations_are_relative_uris_of_a_declared_root_with_lines_from_one()
    {
        var bases = Assert.IsType<JsonObject>(Run["originalUriBaseIds"]).Select(member => member.Key).ToList();
        var locations = Items(Run["results"]).SelectMany(result => result["locations"] is null ? [] : Items(result["locations"])).ToList();

        Assert.NotEmpty(locations);
        Assert.All(locations, location =>
        {
            var physical = Object(Object(location, ["physicalLocation"])["physicalLocation"], ["artifactLocation"], "region");
            Object(physical["artifactLocation"], ["uri"], "uriBaseId");
            Assert.True(Uri.TryCreate(Text(physical["artifactLocation"]!["uri"]), UriKind.Relative, out _));
            Assert.DoesNotMatch("^/|[ <>]", Text(physical["artifactLocation"]!["uri"]));
            Assert.Contains(Text(physical["artifactLocation"]!["uriBaseId"]), bases);
            Assert.True(physical["region"] is null || physical["region"]!["startLine"]!.GetValue<int>() >= 1);
        });
    }

    [Fact]
    public void A_waived_failure_is_suppressed_with_its_reason()
    {
        var suppression = Items(Items(Run["results"]).Single(result => Text(result["ruleId"]) == "GK-SSH-016")["suppressions"]).Single();

        Object(suppression, ["kind"], "status", "justification");
        OneOf(suppression["kind"], "inSource", "external");
        OneOf(suppression["status"], "accepted", "underReview", "rejected");
        Assert.Contains("until the rebuild", Text(suppression["justification"]), StringComparison.Ordinal);
    }
}
