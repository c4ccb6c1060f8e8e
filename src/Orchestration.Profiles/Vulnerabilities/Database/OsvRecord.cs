using System.Text.Json;

namespace Orchestration.Profiles.Vulnerabilities.Database;

/// <summary>Reads one record of the OSV schema (ossf.github.io/osv-schema, version 1.7).</summary>
internal static class OsvRecord
{
    private const int MaximumSummary = 300;

    /// <summary>What it says of packages of ecosystems, with the time of its last change; empty where it was withdrawn.</summary>
    /// <exception cref="AdvisoryException">It is not such a record.</exception>
    public static (DateTimeOffset? Modified, IReadOnlyList<(string Ecosystem, Advisory Advisory)> Affected) Read(ReadOnlyMemory<byte> json, string place)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "id") is not { Length: > 0 } id)
            {
                throw new AdvisoryException(place, "expected an OSV record with an id");
            }

            var modified = Text(root, "modified") is { } time && DateTimeOffset.TryParse(time, System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed : (DateTimeOffset?)null;
            return Text(root, "withdrawn") is not null ? (modified, []) : (modified, [.. Items(root, "affected").SelectMany(affected => ReadAffected(root, affected, id))]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new AdvisoryException(place, $"expected an OSV record, found: {exception.Message}", exception);
        }
    }

    private static IEnumerable<(string Ecosystem, Advisory Advisory)> ReadAffected(JsonElement root, JsonElement affected, string id)
    {
        if (!affected.TryGetProperty("package", out var package) || Text(package, "ecosystem") is not { } ecosystem || Text(package, "name") is not { } name)
        {
            yield break;
        }

        var (severity, score) = ReadSeverity(root, affected);
        yield return (ecosystem, new Advisory(
            Ecosystems.NormalizeName(ecosystem, name),
            id,
            [.. new[] { id }.Concat(Strings(root, "aliases")).Concat(Strings(root, "upstream")).Concat(Strings(root, "related"))
                .Where(other => other.StartsWith("CVE-", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)],
            OneLine(Text(root, "summary") ?? Text(root, "details")),
            severity,
            score,
            ReadStream(Text(package, "purl")),
            [.. Strings(affected, "versions")],
            [
                .. from range in Items(affected, "ranges")
                   where Text(range, "type") is "ECOSYSTEM" or "SEMVER"
                   select Items(range, "events").SelectMany(item => item.EnumerateObject())
                       .Where(member => member.Name is "introduced" or "fixed" or "last_affected")
                       .Select(member => new AdvisoryEvent(member.Name, member.Value.GetString() ?? "")).ToList(),
            ]));
    }

    /// <summary>A package's own severity before the record's; a CVSS score before a word.</summary>
    private static (Severity? Severity, double? Score) ReadSeverity(JsonElement root, JsonElement affected)
    {
        var scores = Items(affected, "severity").Concat(Items(root, "severity")).Select(item => Text(item, "score") ?? "").ToList();
        if (scores.Select(Cvss.BaseScore).FirstOrDefault(score => score is not null) is { } number)
        {
            return (Cvss.Rate(number), number);
        }

        string?[] words =
        [
            .. from owner in new[] { affected, root }
               from member in new[] { "ecosystem_specific", "database_specific" }
               let found = owner.TryGetProperty(member, out var specific) && specific.ValueKind == JsonValueKind.Object ? specific : default
               where found.ValueKind == JsonValueKind.Object
               from name in new[] { "urgency", "severity" }
               select Text(found, name),
            .. scores,
        ];
        return (words.Select(ParseWord).FirstOrDefault(severity => severity is not null), null);
    }

    private static Severity? ParseWord(string? word) => word?.ToLowerInvariant() switch
    {
        "critical" => Severity.Critical,
        "high" or "important" => Severity.High,
        "medium" or "moderate" => Severity.Medium,
        "low" or "minor" => Severity.Low,
        "negligible" or "unimportant" or "none" => Severity.Info,
        _ => null,
    };

    /// <summary>The qualifier <c>rpmmod</c> of a package URL.</summary>
    private static string? ReadStream(string? purl)
    {
        var start = purl?.IndexOf("rpmmod=", StringComparison.Ordinal) ?? -1;
        return start < 0 || purl is null
            ? null
            : string.Join(':', Uri.UnescapeDataString(purl[(start + "rpmmod=".Length)..].Split('&', '#')[0]).Split(':').Take(2));
    }

    private static string? OneLine(string? text)
    {
        var line = text?.Split('\n', 2)[0].Trim();
        return line is { Length: > MaximumSummary } ? line[..MaximumSummary] + "…" : line is { Length: > 0 } ? line : null;
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static JsonElement[] Items(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Array ? [.. member.EnumerateArray()] : [];

    private static IEnumerable<string> Strings(JsonElement owner, string name) =>
        Items(owner, name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString() ?? "");
}
