using System.Globalization;
using System.Text.Json.Nodes;
using Orchestration.Inspection.Languages;
using Orchestration.Inspection.Packages;

namespace Orchestration.Profiles.Reports;

/// <summary>SPDX 2.3 in JSON: the system and its packages. Licences are not concluded: what a package claims is in its comment.</summary>
internal static class SpdxWriter
{
    private const string Unknown = "NOASSERTION";

    private const string Guest = "SPDXRef-Guest";

    public static string Write(GuestReport report)
    {
        var packages = (report.Packages ?? []).Select((package, index) => (Package: package, Reference: $"SPDXRef-Package-{index}")).ToList();
        var languages = (report.Languages ?? []).Select((package, index) => (Package: package, Reference: $"SPDXRef-LanguagePackage-{index}")).ToList();
        return new JsonObject
        {
            ["spdxVersion"] = "SPDX-2.3",
            ["dataLicense"] = "CC0-1.0",
            ["SPDXID"] = "SPDXRef-DOCUMENT",
            ["name"] = PlainText.Clean(report.Image),
            ["documentNamespace"] = $"urn:uuid:{CycloneDxWriter.Identify(report)}",
            ["creationInfo"] = new JsonObject
            {
                ["created"] = report.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["creators"] = new JsonArray($"Tool: {GuestReport.ToolName}-{report.ToolVersion}"),
            },
            ["packages"] = new JsonArray(
            [
                Package(Guest, report.System?.Distribution ?? report.Image, report.System?.Version, "OPERATING-SYSTEM"),
                .. packages.Select(item => Describe(item.Package, item.Reference, report)),
                .. languages.Select(item => Describe(item.Package, item.Reference)),
            ]),
            ["relationships"] = new JsonArray(
            [
                Relation("SPDXRef-DOCUMENT", "DESCRIBES", Guest),
                .. packages.Select(item => item.Reference).Concat(languages.Select(item => item.Reference)).Select(reference => Relation(Guest, "CONTAINS", reference)),
            ]),
        }.ToJsonString(ModelWriter.Options);
    }

    private static JsonObject Describe(Package package, string reference, GuestReport report)
    {
        var described = Package(reference, package.Name, package.Version, "LIBRARY");
        described["sourceInfo"] = PlainText.Clean($"built from {package.SourceName} {package.SourceVersion}");
        return AddLicenceAndUrl(described, package.Licence, PackageUrl.Of(package, report.System));
    }

    private static JsonObject Describe(LanguagePackage package, string reference)
    {
        var described = Package(reference, package.Name, package.Version, "LIBRARY");
        described["sourceInfo"] = PlainText.Clean($"found in {package.Path}{(package.Owner is { } owner ? $", which {owner} brought" : "")}");
        return AddLicenceAndUrl(described, package.Licence, PackageUrl.Of(package));
    }

    private static JsonObject AddLicenceAndUrl(JsonObject described, string? licence, string? url)
    {
        if (licence is not null)
        {
            described["licenseComments"] = PlainText.Clean($"The package says: {licence}");
        }

        if (url is not null)
        {
            described["externalRefs"] = new JsonArray(
                new JsonObject { ["referenceCategory"] = "PACKAGE-MANAGER", ["referenceType"] = "purl", ["referenceLocator"] = url });
        }

        return described;
    }

    private static JsonObject Package(string reference, string name, string? version, string purpose)
    {
        var package = new JsonObject
        {
            ["SPDXID"] = reference,
            ["name"] = PlainText.Clean(name),
            ["downloadLocation"] = Unknown,
            ["filesAnalyzed"] = false,
            ["licenseConcluded"] = Unknown,
            ["licenseDeclared"] = Unknown,
            ["copyrightText"] = Unknown,
            ["primaryPackagePurpose"] = purpose,
        };
        if (version is not null)
        {
            package["versionInfo"] = PlainText.Clean(version);
        }

        return package;
    }

    private static JsonObject Relation(string from, string type, string to) =>
        new() { ["spdxElementId"] = from, ["relationshipType"] = type, ["relatedSpdxElement"] = to };
}
