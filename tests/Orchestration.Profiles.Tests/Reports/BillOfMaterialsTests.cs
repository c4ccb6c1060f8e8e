using System.Text.Json.Nodes;
using static Orchestration.Profiles.Tests.Reports.JsonShape;

namespace Orchestration.Profiles.Tests.Reports;

/// <summary>The rules of bom-1.6.schema.json and of spdx-schema.json 2.3 for the objects that are written.</summary>
public sealed class BillOfMaterialsTests
{
    private const string PurlPattern = "^pkg:(deb/debian/[^@<>\" ]+@[^?<>\" ]+\\?arch=amd64&distro=debian-12(&upstream=[^&]+)?|npm/%40scope/[^@<>\" ]+@[^?<>\" ]+|maven/org[.]example/tool@2.5)$";

    private static readonly string[] Severities = ["critical", "high", "medium", "low", "info", "none", "unknown"];

    [Fact]
    public void CycloneDx_has_what_its_schema_requires()
    {
        var bom = JsonNode.Parse(SampleReport.Write("cyclonedx"))!;

        Object(bom, ["bomFormat", "specVersion"], "$schema", "serialNumber", "version", "metadata", "components", "vulnerabilities");
        Assert.Equal(("CycloneDX", "1.6", 1), (Text(bom["bomFormat"]), Text(bom["specVersion"]), bom["version"]!.GetValue<int>()));
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", Text(bom["serialNumber"]));
        Object(bom["metadata"], [], "timestamp", "tools", "component");
        Assert.Equal("2026-07-01T12:30:00Z", Text(bom["metadata"]!["timestamp"]));
        Assert.All(Items(bom["components"]).Append(bom["metadata"]!["component"]!), component =>
        {
            Object(component, ["type", "name"], "bom-ref", "version", "purl", "licenses", "properties", "description");
            OneOf(component["type"], "application", "library", "operating-system");
        });
        Assert.All(Items(bom["components"]).Where(component => Text(component["name"]) != "nameless"), component => Assert.Matches(PurlPattern, Text(component["purl"])));
    }

    [Fact]
    public void CycloneDx_vulnerabilities_affect_components_that_are_there()
    {
        var bom = JsonNode.Parse(SampleReport.Write("cyclonedx"))!;
        var references = Items(bom["components"]).Select(component => Text(component["bom-ref"])).ToList();

        Assert.Distinct(references);
        Assert.All(Items(bom["vulnerabilities"]), vulnerability =>
        {
            Object(vulnerability, [], "id", "source", "ratings", "description", "recommendation", "affects");
            Assert.All(Items(vulnerability["ratings"]), rating =>
            {
                Object(rating, [], "severity", "score", "method");
                OneOf(rating["severity"], Severities);
            });
            Assert.NotEmpty(Items(vulnerability["affects"]));
            Assert.All(Items(vulnerability["affects"]), affected => Assert.Contains(Text(Object(affected, ["ref"])["ref"]), references));
        });
    }

    [Fact]
    public void Spdx_has_what_its_schema_requires()
    {
        var document = JsonNode.Parse(SampleReport.Write("spdx"))!;

        Object(document, ["SPDXID", "creationInfo", "dataLicense", "name", "spdxVersion", "documentNamespace"], "packages", "relationships");
        Assert.Equal(("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"), (Text(document["spdxVersion"]), Text(document["dataLicense"]), Text(document["SPDXID"])));
        Assert.True(Uri.TryCreate(Text(document["documentNamespace"]), UriKind.Absolute, out _));
        Object(document["creationInfo"], ["created", "creators"]);
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", Text(document["creationInfo"]!["created"]));
        Assert.All(Items(document["creationInfo"]!["creators"]), creator => Assert.Matches("^(Tool|Person|Organization): ", Text(creator)));
        Assert.All(Items(document["packages"]), package =>
        {
            Object(package, ["SPDXID", "name", "downloadLocation"], "versionInfo", "filesAnalyzed", "licenseConcluded", "licenseDeclared", "copyrightText",
                "primaryPackagePurpose", "sourceInfo", "licenseComments", "externalRefs");
            Assert.Matches("^SPDXRef-[a-zA-Z0-9.-]+$", Text(package["SPDXID"]));
            OneOf(package["primaryPackagePurpose"], "OPERATING-SYSTEM", "LIBRARY");
            Assert.All(package["externalRefs"] is null ? [] : Items(package["externalRefs"]), reference =>
            {
                Object(reference, ["referenceCategory", "referenceType", "referenceLocator"]);
                Assert.Matches(PurlPattern, Text(reference["referenceLocator"]));
            });
        });
    }

    [Fact]
    public void Spdx_relations_are_between_elements_that_are_there()
    {
        var document = JsonNode.Parse(SampleReport.Write("spdx"))!;
        var elements = Items(document["packages"]).Select(package => Text(package["SPDXID"])).Append("SPDXRef-DOCUMENT").ToList();

        Assert.Distinct(elements);
        Assert.All(Items(document["relationships"]), relation =>
        {
            Object(relation, ["spdxElementId", "relationshipType", "relatedSpdxElement"]);
            OneOf(relation["relationshipType"], "DESCRIBES", "CONTAINS");
            Assert.Contains(Text(relation["spdxElementId"]), elements);
            Assert.Contains(Text(relation["relatedSpdxElement"]), elements);
        });
        Assert.Single(Items(document["relationships"]), relation => Text(relation["relationshipType"]) == "DESCRIBES");
    }
}
