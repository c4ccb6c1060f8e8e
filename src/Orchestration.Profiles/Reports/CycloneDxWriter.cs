using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orchestration.Inspection.Languages;
using Orchestration.Inspection.Packages;
using Orchestration.Profiles.Vulnerabilities;

namespace Orchestration.Profiles.Reports;

/// <summary>CycloneDX 1.6 in JSON: the system, its packages, and their known vulnerabilities.</summary>
internal static class CycloneDxWriter
{
    public static string Write(GuestReport report)
    {
        var packages = (report.Packages ?? []).Select((package, index) => (Package: package, Reference: $"package-{index}")).ToList();
        var languages = (report.Languages ?? []).Select((package, index) => (Package: package, Reference: $"language-package-{index}")).ToList();
        var references = packages.Select(item => (Key: Key(null, $"{item.Package.Name} {item.Package.Version}"), item.Reference))
            .Concat(languages.Select(item => (Key: Key(item.Package.Ecosystem, $"{item.Package.Name} {item.Package.Version}"), item.Reference)))
            .ToLookup(item => item.Key, item => item.Reference, StringComparer.Ordinal);
        var document = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["serialNumber"] = $"urn:uuid:{Identify(report)}",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["timestamp"] = report.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                ["tools"] = new JsonObject
                {
                    ["components"] = new JsonArray(new JsonObject { ["type"] = "application", ["name"] = GuestReport.ToolName, ["version"] = report.ToolVersion }),
                },
                ["component"] = new JsonObject
                {
                    ["type"] = "operating-system",
                    ["bom-ref"] = "guest",
                    ["name"] = PlainText.Clean(report.System?.Distribution ?? report.Image),
                    ["version"] = PlainText.Clean(report.System?.Version),
                    ["description"] = $"{PlainText.Clean(report.Guest)} in {PlainText.Clean(report.Image)}",
                },
            },
            ["components"] = new JsonArray(
            [
                .. packages.Select(item => Describe(item.Package, item.Reference, report)),
                .. languages.Select(item => Describe(item.Package, item.Reference)),
            ]),
        };
        if (report.Vulnerabilities is { IsAnyAssessed: true } vulnerabilities)
        {
            document["vulnerabilities"] = new JsonArray([.. vulnerabilities.Findings.Select(finding => Describe(finding, references))]);
        }

        return document.ToJsonString(ModelWriter.Options);
    }

    /// <summary>A name-based UUID of the report's id: the same report has the same number.</summary>
    internal static Guid Identify(GuestReport report)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{report.Id}\n{report.Image}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private static JsonObject Describe(Package package, string reference, GuestReport report)
    {
        var component = new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = reference,
            ["name"] = PlainText.Clean(package.Name),
            ["version"] = PlainText.Clean(package.Version),
        };
        if (package.Licence is { } licence)
        {
            component["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["name"] = PlainText.Clean(licence) } });
        }

        if (PackageUrl.Of(package, report.System) is { } url)
        {
            component["purl"] = url;
        }

        component["properties"] = new JsonArray(
            new JsonObject { ["name"] = "orchestration:source", ["value"] = PlainText.Clean($"{package.SourceName} {package.SourceVersion}") });
        return component;
    }

    private static JsonObject Describe(LanguagePackage package, string reference)
    {
        var component = new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = reference,
            ["name"] = PlainText.Clean(package.Name),
            ["version"] = PlainText.Clean(package.Version),
        };
        if (package.Licence is { } licence)
        {
            component["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["name"] = PlainText.Clean(licence) } });
        }

        if (PackageUrl.Of(package) is { } url)
        {
            component["purl"] = url;
        }

        component["properties"] = new JsonArray(
        [
            new JsonObject { ["name"] = "orchestration:path", ["value"] = PlainText.Clean(package.Path) },
            .. package.Owner is { } owner ? [new JsonObject { ["name"] = "orchestration:owner", ["value"] = PlainText.Clean(owner) }] : Array.Empty<JsonNode>(),
        ]);
        return component;
    }

    /// <summary>Names of different ecosystems say nothing of one another.</summary>
    private static string Key(string? ecosystem, string nameAndVersion) => $"{ecosystem}\n{nameAndVersion}";

    private static JsonObject Describe(Vulnerability finding, ILookup<string, string> references)
    {
        var rating = new JsonObject { ["severity"] = PlainText.Name(finding.Severity) };
        if (finding.Score is { } score)
        {
            rating["score"] = score;
            rating["method"] = "CVSSv31";
        }

        var described = new JsonObject
        {
            ["id"] = PlainText.Clean(finding.Id),
            ["source"] = new JsonObject { ["name"] = "OSV", ["url"] = $"https://osv.dev/vulnerability/{Uri.EscapeDataString(finding.Id)}" },
            ["ratings"] = new JsonArray(rating),
            ["affects"] = new JsonArray([.. finding.Installed.SelectMany(name => references[Key(finding.Ecosystem, name)]).Distinct(StringComparer.Ordinal).Select(reference => new JsonObject { ["ref"] = reference })]),
        };
        if (finding.Summary is { } summary)
        {
            described["description"] = PlainText.Clean(summary);
        }

        if (finding.FixedVersion is { } fix)
        {
            described["recommendation"] = PlainText.Clean($"Upgrade {finding.Package} to {fix}.");
        }

        return described;
    }
}
