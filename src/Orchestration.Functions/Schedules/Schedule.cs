using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Schedules;

namespace Orchestration.Functions.Schedules;

/// <summary>A schedule whose document is in order. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Document">As it was written.</param>
/// <param name="Times">When it occurs.</param>
public sealed partial record Schedule(string Name, ScheduleDocument Document, CronSchedule Times)
{
    /// <summary>Label of all jobs of a schedule; its value is the schedule's name.</summary>
    public const string NameLabel = "schedule";

    /// <summary>Label of all jobs of a run; its value is the run's name.</summary>
    public const string RunLabel = "schedule-run";

    public const string NameRule = "2 to 32 lower-case letters, digits and hyphens that begin and end with a letter or digit";

    private const int LongestKey = 256;
    private const int HashDigits = 64;

    /// <summary>Short enough that a name with a time and a hash is a job id.</summary>
    public static bool IsName(string text) => NamePattern().IsMatch(text);

    /// <summary>
    /// The document of the job for an occurrence and an image. It is the same whoever makes it and whenever, and its id is of this occurrence and
    /// image, so that a job that is submitted twice is claimed once.
    /// </summary>
    public JsonObject CreateJob(DateTimeOffset occurrence, string? image)
    {
        var job = Fill(JsonNode.Parse(Document.Job.GetRawText()), occurrence, image)?.AsObject() ?? [];
        job["version"] ??= JobDocument.CurrentVersion;
        job["kind"] ??= JobDocument.VirtualMachineOperation;
        job["job_id"] = JobIdFor(occurrence, image);
        job["created_at"] = occurrence.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        if (job["operation"] is JsonValue operation && job["payload"] is JsonObject payload)
        {
            payload["type"] ??= $"{operation}.v1";
            if (image is not null && payload["data"] is null or JsonObject)
            {
                var data = Open(payload, "data");
                var place = Open(data, "image");
                place["path"] ??= image;
            }
        }

        var labels = Open(Open(job, "metadata"), "labels");
        labels[NameLabel] = Name;
        labels[RunLabel] = RunId(occurrence);
        Open(job, "audit")["submitted_by"] ??= $"schedule {Name}";
        if (Document.IdempotencyKey is { } template)
        {
            Open(job, "execution")["idempotency_key"] = Shorten(Placeholders.Fill(template, Name, occurrence, image));
        }

        return job;
    }

    /// <summary>The name of a run, which is the beginning of its jobs' ids.</summary>
    public string RunId(DateTimeOffset occurrence) => $"{Name}-{Stamp(occurrence)}";

    /// <summary>An occurrence in names: its second, in UTC.</summary>
    public static string Stamp(DateTimeOffset occurrence) => occurrence.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private string JobIdFor(DateTimeOffset occurrence, string? image) => image is null ? RunId(occurrence) : $"{RunId(occurrence)}-{Hash(image)[..16]}";

    /// <summary>A key that is too long ends with a hash in place of its end.</summary>
    private static string Shorten(string key) => key.Length <= LongestKey ? key : key[..(LongestKey - HashDigits)] + Hash(key);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private JsonNode? Fill(JsonNode? node, DateTimeOffset occurrence, string? image)
    {
        switch (node)
        {
            case JsonObject members:
                return new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Fill(member.Value, occurrence, image))));
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Fill(item, occurrence, image))]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return Placeholders.Fill(value.GetValue<string>(), Name, occurrence, image);
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>A nested object, made where there is none; what stands there and is no object is left for the document's own rules to refuse.</summary>
    private static JsonObject Open(JsonObject owner, string name)
    {
        if (owner[name] is null)
        {
            owner[name] = new JsonObject();
        }

        return owner[name] as JsonObject ?? [];
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]\z")]
    private static partial Regex NamePattern();
}
