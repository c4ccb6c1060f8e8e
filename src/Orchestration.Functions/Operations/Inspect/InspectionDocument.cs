using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Protocol;

namespace Orchestration.Functions.Operations.Inspect;

/// <summary>
/// The document <c>inspection.json</c>: specification section 2.2, with what the fact sets know beyond it. Each step's output is an object
/// whose members become sections of the document.
/// </summary>
public sealed class InspectionDocument
{
    private readonly JsonObject _document;

    private InspectionDocument(JsonObject document) => _document = document;

    public JsonElement Content => JsonSerializer.SerializeToElement(_document, ProtocolJson.Options);

    public static async Task<InspectionDocument> AssembleAsync(
        StepContext context, ImageReference image, IEnumerable<string> factSteps, bool isDeep, CancellationToken cancellationToken)
    {
        var mapped = await GuestSteps.ReadMapAsync(context, cancellationToken);
        var document = new JsonObject
        {
            ["version"] = "1.0",
            ["image"] = new JsonObject
            {
                ["path"] = image.Path,
                ["format"] = mapped.Map.Disk.Format,
                ["size_bytes"] = mapped.SizeBytes,
                ["etag"] = mapped.Version,
            },
            ["mountpoints"] = new JsonObject(
                mapped.Map.Mounts.Where(mount => mount.Device is not null)
                    .Select(mount => KeyValuePair.Create(mount.MountPoint, (JsonNode?)JsonValue.Create(mount.Device)))
                    .DistinctBy(mount => mount.Key)),
            ["disk_layout"] = JsonSerializer.SerializeToNode(mapped.Map, ProtocolJson.Options),
        };
        foreach (var step in factSteps)
        {
            var output = await context.ReadOutputAsync(step, cancellationToken);
            foreach (var section in output.EnumerateObject())
            {
                document[section.Name] = JsonNode.Parse(section.Value.GetRawText());
            }
        }

        if (isDeep)
        {
            document["language_packages"] = JsonNode.Parse((await context.ReadOutputAsync(GuestSteps.Languages, cancellationToken)).GetRawText());
        }

        // The seeds' consumers look for these two counts.
        if (document["packages"]?["installed"] is JsonArray installed)
        {
            document["packages"]!["count"] = installed.Count;
        }

        return new InspectionDocument(document);
    }

    /// <summary>The risks of the image as it was handed over.</summary>
    public IReadOnlyList<InputRisk> Risks => InputRisks.Of(Text(_document["disk_layout"]!["disk"]!["format"]) ?? "");

    /// <summary>The inspection in short, for the result document.</summary>
    /// <param name="profiles">How the guest did by the profiles.</param>
    /// <param name="withRisks">Whether to list <see cref="Risks"/>.</param>
    public JsonElement Summarize(ProfileReports profiles, bool withRisks)
    {
        var system = _document["operating_system"];
        var summary = new JsonObject
        {
            ["operating_system"] = $"{Text(system?["product_name"]) ?? Text(system?["distribution"])} {Text(system?["version"])} {Text(system?["architecture"])}".Trim(),
            ["hostname"] = Text(system?["hostname"]),
            ["disk"] = DescribeDisk(),
            ["mounts"] = string.Join(", ", _document["mountpoints"]!.AsObject().Select(mount => $"{mount.Key} on {mount.Value}")),
            ["packages"] = (_document["packages"]?["installed"] as JsonArray)?.Count,
            ["language_packages"] = (_document["language_packages"]?["found"] as JsonArray)?.Count,
            ["services_enabled"] = (_document["services"]?["enabled_services"] as JsonArray)?.Count,
            ["warnings"] = CountWarnings(_document),
            ["profiles"] = profiles.Summaries,
            ["vulnerabilities"] = profiles.VulnerabilitySummary,
            ["worst_findings"] = profiles.WorstFindings,
        };
        if (withRisks)
        {
            summary[InputRisks.MemberName] = JsonSerializer.SerializeToNode(Risks, ProtocolJson.Options);
        }

        return JsonSerializer.SerializeToElement(summary, ProtocolJson.Options);
    }

    private string DescribeDisk()
    {
        var disk = _document["disk_layout"]!["disk"]!;
        return $"{Text(disk["format"])}, {disk["virtual_size_bytes"]!.GetValue<long>() / 1048576.0:0.#} MiB, {Text(disk["partition_scheme"])}";
    }

    private static string? Text(JsonNode? node) => node is JsonValue value ? value.ToString() : null;

    private static int CountWarnings(JsonObject section) => section.Sum(member => member switch
    {
        { Key: "warnings", Value: JsonArray warnings } => warnings.Count,
        { Value: JsonObject nested } => CountWarnings(nested),
        _ => 0,
    });
}
