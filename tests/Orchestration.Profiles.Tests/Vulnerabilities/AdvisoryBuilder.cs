using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Profiles.Vulnerabilities.Database;

namespace Orchestration.Profiles.Tests.Vulnerabilities;

/// <summary>Makes OSV records. They are inventions, and their ids say so.</summary>
internal sealed class AdvisoryBuilder(string id)
{
    private readonly JsonArray _affected = [];

    private readonly JsonObject _record = new() { ["schema_version"] = "1.7.0", ["id"] = id, ["modified"] = "2026-06-01T00:00:00Z" };

    public AdvisoryBuilder With(string name, JsonNode value)
    {
        _record[name] = value;
        return this;
    }

    /// <param name="ecosystem">As OSV names it.</param>
    /// <param name="package">The package.</param>
    /// <param name="events">Pairs of kind and version.</param>
    public AdvisoryBuilder Affects(string ecosystem, string package, params (string Kind, string Version)[] events) => Affects(ecosystem, package, null, events);

    public AdvisoryBuilder Affects(string ecosystem, string package, string? purl, params (string Kind, string Version)[] events)
    {
        _affected.Add(new JsonObject
        {
            ["package"] = new JsonObject { ["ecosystem"] = ecosystem, ["name"] = package, ["purl"] = purl },
            ["ranges"] = new JsonArray(new JsonObject
            {
                ["type"] = "ECOSYSTEM",
                ["events"] = new JsonArray([.. events.Select(item => (JsonNode)new JsonObject { [item.Kind] = item.Version })]),
            }),
        });
        return this;
    }

    public override string ToString()
    {
        _record["affected"] = _affected.DeepClone();
        return _record.ToJsonString(JsonSerializerOptions.Default);
    }

    /// <summary>Writes records into a directory of their own, and imports it.</summary>
    public static ImportResult Import(params AdvisoryBuilder[] records)
    {
        var directory = Directory.CreateTempSubdirectory("advisories-");
        try
        {
            foreach (var (index, record) in records.Index())
            {
                File.WriteAllText(Path.Combine(directory.FullName, $"{index}.json"), record.ToString());
            }

            return AdvisoryImporter.Import(directory.FullName, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), CancellationToken.None);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
