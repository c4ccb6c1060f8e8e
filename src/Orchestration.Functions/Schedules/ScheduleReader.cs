using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Functions.Images;
using Orchestration.Functions.Intake;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Schedules;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Schedules;

/// <summary>Reads schedules and checks everything about them that can be known before they run, the jobs that they will submit included.</summary>
public sealed class ScheduleReader(DocumentChecker checker, ImageLocator locator, TimeProvider time)
{
    // Stands for the images of a prefix when the jobs for them are checked.
    private const string SampleName = "sample.qcow2";

    private static readonly string[] OwnMembers = ["job_id", "created_at"];
    private static readonly string[] MissedRunNames = [.. Enum.GetNames<MissedRuns>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>Reads a document. Never throws for bad input.</summary>
    public ScheduleReading Read(string name, ReadOnlyMemory<byte> content, DocumentFormat format)
    {
        if (DocumentParser.TryParse(content, format, out var root) is { } fault)
        {
            return new ScheduleReading(null, root.ValueKind == JsonValueKind.Object ? root : null, [fault]);
        }

        var violations = new List<Violation>();
        if (!Schedule.IsName(name))
        {
            violations.Add(new Violation("", ErrorCodes.InvalidField, $"Expected a name of {Schedule.NameRule}."));
        }

        var times = Check(new ValueReader(root, "", violations), root);
        if (violations.Count > 0 || times is null)
        {
            return new ScheduleReading(null, root, violations);
        }

        try
        {
            if (ProtocolJson.Read<ScheduleDocument>(root) is { } document)
            {
                var schedule = new Schedule(name, document, times);
                var unknownOfJob = CheckJob(schedule, violations);
                return violations.Count > 0 ? new ScheduleReading(null, root, violations) : new ScheduleReading(schedule, root, [])
                {
                    UnknownMembers = [.. document.FindUnknown(""), .. document.Images?.FindUnknown("/images") ?? [], .. unknownOfJob],
                };
            }
        }
        catch (JsonException exception)
        {
            violations.Add(new Violation("", ErrorCodes.InvalidField, exception.Message));
        }

        return new ScheduleReading(null, root, violations);
    }

    private CronSchedule? Check(ValueReader document, JsonElement root)
    {
        document.String("description");
        document.Boolean("enabled");
        document.OneOf("missed_runs", MissedRunNames);
        CheckImages(document.Object("images"));
        if (document.String("idempotency_key") is { } key && CheckKey(key, root) is { } fault)
        {
            document.Refuse("idempotency_key", fault);
        }

        if (document.Object("job", required: true) is { } job)
        {
            foreach (var member in OwnMembers.Where(job.HasMember))
            {
                job.Refuse(member, "Expected none: the schedule gives every job its own.");
            }

            if (job.Object("execution")?.HasMember("idempotency_key") is true)
            {
                job.Refuse("execution/idempotency_key", "Expected none: the schedule has a template for it, 'idempotency_key'.");
            }
        }

        return CheckTimes(document);
    }

    private CronSchedule? CheckTimes(ValueReader document)
    {
        var zone = TimeZoneInfo.Utc;
        if (document.String("time_zone", maximumLength: 128) is { } zoneName && !TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out zone))
        {
            document.Refuse("time_zone", "Expected the IANA name of a time zone such as Europe/Berlin.");
            return null;
        }

        if (document.String("schedule", required: true, maximumLength: 256) is not { } expression)
        {
            return null;
        }

        var times = CronSchedule.TryParse(expression, zone);
        if (times is null)
        {
            document.Refuse("schedule", "Expected five NCRONTAB fields (minute, hour, day, month, weekday), or six with the second before them.");
        }
        else if (times.NextAfter(time.GetUtcNow()) is null)
        {
            document.Refuse("schedule", "Expected a schedule that occurs, found one of a day that never comes.");
        }
        else if (times.IsTooFrequent)
        {
            document.Refuse("schedule", "Expected at most one occurrence a minute.");
        }

        return times;
    }

    private static string? CheckKey(string key, JsonElement root) => Placeholders.FindFault(key)
        ?? (root.TryGetProperty("images", out var images) && images.ValueKind == JsonValueKind.Object && images.TryGetProperty("prefix", out _) && !Placeholders.NamesImage(key)
            ? "Expected {image} or {vm} in it: all images of the prefix would have one key."
            : null);

    private void CheckImages(ValueReader? images)
    {
        if (images is null)
        {
            return;
        }

        var path = images.String("path");
        var prefix = images.String("prefix");
        if (path is null == prefix is null)
        {
            images.Refuse("path", "Expected either a path or a prefix.", path is null ? ErrorCodes.MissingField : null);
        }

        images.String("name", maximumLength: 256);
        images.Integer("limit", 1, ScheduleImages.MaximumLimit);
        foreach (var (member, text) in new[] { ("path", path), ("prefix", prefix is null ? null : prefix + SampleName) })
        {
            try
            {
                _ = text is null ? null : locator.Locate(text);
            }
            catch (JobException exception)
            {
                images.Refuse(member, exception.Message, exception.Code);
            }
        }
    }

    /// <summary>Checks a job as the schedule will submit it.</summary>
    /// <returns>Its members without effect.</returns>
    private IEnumerable<string> CheckJob(Schedule schedule, List<Violation> violations)
    {
        var image = schedule.Document.Images is { } images ? images.Path ?? images.Prefix + SampleName : null;
        var job = schedule.CreateJob(time.GetUtcNow(), image);
        if (image is not null && PathIn(job) != image)
        {
            violations.Add(new Violation("/job/payload/data/image/path", ErrorCodes.InvalidField, "Expected nothing, or {image}: the schedule names the images."));
            return [];
        }

        var reading = checker.Read(new IncomingDocument(JsonSerializer.SerializeToUtf8Bytes(job, ProtocolJson.Options)));
        violations.AddRange(reading.Violations.Select(violation => violation with { Pointer = $"/job{violation.Pointer}" }));
        return reading.UnknownMembers.Select(member => $"/job{member}");
    }

    private static string? PathIn(JsonObject job) =>
        job["payload"] is JsonObject payload && payload["data"] is JsonObject data && data["image"] is JsonObject image ? image["path"]?.ToString() : null;
}

/// <param name="Schedule">Null where something is wrong with it.</param>
/// <param name="Document">The document; null where it cannot be read.</param>
/// <param name="Violations">Everything that is wrong with it, by JSON pointer.</param>
public sealed record ScheduleReading(Schedule? Schedule, JsonElement? Document, IReadOnlyList<Violation> Violations)
{
    /// <summary>Members of a schedule in order that this version does not know, as JSON pointers: kept, and without effect.</summary>
    public IReadOnlyList<string> UnknownMembers { get; init; } = [];
}
