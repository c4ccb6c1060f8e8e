using System.Globalization;
using System.Text.Json.Nodes;
using Orchestration.Profiles.Vulnerabilities;

namespace Orchestration.Profiles.Reports;

/// <summary>SARIF 2.1.0 (OASIS), for code scanning dashboards. Paths are relative to the guest's root.</summary>
internal static class SarifWriter
{
    private const string Root = "GUEST";

    public static string Write(GuestReport report)
    {
        var results = report.Results;
        var vulnerabilities = (report.Vulnerabilities?.Findings ?? []).ToList();
        var rules = results.Select(DescribeRule).Concat(vulnerabilities.DistinctBy(finding => finding.Id).Select(DescribeRule)).ToList();
        var indexes = rules.Select((rule, index) => (Id: rule["id"]!.GetValue<string>(), index)).ToDictionary(item => item.Id, item => item.index, StringComparer.Ordinal);
        return new JsonObject
        {
            ["$schema"] = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject
                {
                    ["driver"] = new JsonObject { ["name"] = GuestReport.ToolName, ["version"] = report.ToolVersion, ["rules"] = new JsonArray([.. rules]) },
                },
                ["automationDetails"] = new JsonObject { ["id"] = $"{PlainText.Clean(report.Image)}/{report.Id}" },
                ["originalUriBaseIds"] = new JsonObject
                {
                    [Root] = new JsonObject { ["description"] = new JsonObject { ["text"] = $"The root of the guest in {PlainText.Clean(report.Image)}." } },
                },
                ["results"] = new JsonArray(
                [
                    .. results.Select(result => Describe(result, indexes[result.Id])),
                    .. vulnerabilities.Select(finding => Describe(finding, indexes[finding.Id])),
                ]),
            }),
        }.ToJsonString(ModelWriter.Options);
    }

    private static JsonObject DescribeRule(CheckResult result)
    {
        var rule = new JsonObject
        {
            ["id"] = result.Id,
            ["shortDescription"] = Text(result.Title),
            ["defaultConfiguration"] = new JsonObject { ["level"] = Level(result.Severity) },
            ["properties"] = new JsonObject
            {
                ["tags"] = new JsonArray(["security", .. result.References.Select(reference => (JsonNode)reference)]),
                ["security-severity"] = Score(result.Severity, null),
            },
        };
        if (result.Remediation is { } remediation)
        {
            rule["help"] = Text(remediation);
        }

        return rule;
    }

    private static JsonObject DescribeRule(Vulnerability finding) => new()
    {
        ["id"] = finding.Id,
        ["shortDescription"] = Text(finding.Summary ?? finding.Id),
        ["helpUri"] = $"https://osv.dev/vulnerability/{Uri.EscapeDataString(finding.Id)}",
        ["defaultConfiguration"] = new JsonObject { ["level"] = Level(finding.Severity ?? Severity.Medium) },
        ["properties"] = new JsonObject
        {
            ["tags"] = new JsonArray(["security", "vulnerability", .. finding.Names.Select(name => (JsonNode)name)]),
            ["security-severity"] = Score(finding.Severity ?? Severity.Medium, finding.Score),
        },
    };

    private static JsonObject Describe(CheckResult result, int rule)
    {
        var isFailure = result.Verdict is Verdict.Fail or Verdict.Waived;
        var described = new JsonObject
        {
            ["ruleId"] = result.Id,
            ["ruleIndex"] = rule,
            ["kind"] = result.Verdict switch { Verdict.Fail or Verdict.Waived => "fail", Verdict.Pass => "pass", Verdict.NotApplicable => "notApplicable", _ => "open" },
            ["level"] = isFailure ? Level(result.Severity) : "none",
            ["message"] = Text($"{result.Title}: {Explain(result)}"),
            ["locations"] = new JsonArray([.. (isFailure ? result.Evidence : []).Where(evidence => evidence.File is not null).Take(10).Select(Locate)]),
            ["partialFingerprints"] = new JsonObject { ["check/v1"] = result.Id },
        };
        if (result.Verdict == Verdict.Waived)
        {
            described["suppressions"] = new JsonArray(new JsonObject { ["kind"] = "external", ["status"] = "accepted", ["justification"] = PlainText.Clean(result.Reason) });
        }

        return described;
    }

    private static JsonObject Describe(Vulnerability finding, int rule) => new()
    {
        ["ruleId"] = finding.Id,
        ["ruleIndex"] = rule,
        ["kind"] = "fail",
        ["level"] = Level(finding.Severity ?? Severity.Medium),
        ["message"] = Text($"{finding.Package} {finding.Version} is affected by {finding.Id}; {(finding.FixedVersion is null ? "there is no fix yet" : $"fixed in {finding.FixedVersion}")}."),
        ["locations"] = new JsonArray([.. finding.Paths.Take(10).Select(path => Locate(new Evidence(path.Split("!/")[0], null, "", "")))]),
        ["partialFingerprints"] = new JsonObject { ["advisory/v1"] = $"{finding.Id}/{finding.Package}" },
    };

    private static string Explain(CheckResult result) => result switch
    {
        { Reason: { } reason } => reason,
        { Evidence: [var first, ..] } => $"found {first.Found}, expected {first.Expected}",
        _ => PlainText.Name(result.Verdict),
    };

    private static JsonObject Locate(Evidence evidence)
    {
        var location = new JsonObject
        {
            ["artifactLocation"] = new JsonObject
            {
                ["uri"] = string.Join('/', (evidence.File ?? "").TrimStart('/').Split('/').Select(Uri.EscapeDataString)),
                ["uriBaseId"] = Root,
            },
        };
        if (evidence.Line is { } line)
        {
            location["region"] = new JsonObject { ["startLine"] = line };
        }

        return new JsonObject { ["physicalLocation"] = location };
    }

    private static JsonObject Text(string text) => new() { ["text"] = PlainText.Clean(text) };

    private static string Level(Severity severity) => severity switch
    {
        Severity.Critical or Severity.High => "error",
        Severity.Medium => "warning",
        _ => "note",
    };

    /// <summary>The middle of the CVSS band of a severity, which dashboards sort by, where there is no score.</summary>
    private static string Score(Severity severity, double? score) => (score ?? severity switch
    {
        Severity.Critical => 9.5,
        Severity.High => 8.0,
        Severity.Medium => 5.5,
        Severity.Low => 2.0,
        _ => 0.0,
    }).ToString("0.0", CultureInfo.InvariantCulture);
}
