using System.Text.Json;
using Orchestration.Protocol.Documents;

namespace Orchestration.Protocol.Schedules;

/// <summary>When jobs are submitted by themselves, and which: an addition to the protocol.</summary>
public sealed record ScheduleDocument : ExtensibleRecord
{
    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>Five or six NCRONTAB fields, six beginning with seconds; at most one occurrence a minute.</summary>
    public required string Schedule { get; init; }

    /// <summary>IANA name of the zone whose clock the schedule means.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Whether it runs by itself. It may be run by hand either way.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>What becomes of occurrences that nobody was there for.</summary>
    public MissedRuns MissedRuns { get; init; } = MissedRuns.Once;

    /// <summary>The images to submit a job for, one each; null for one job that is complete as it stands.</summary>
    public ScheduleImages? Images { get; init; }

    /// <summary>Template of the jobs' idempotency keys; null for jobs without one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>A job document without id, time of creation and idempotency key; version, kind and payload type may be left out as well.</summary>
    public required JsonElement Job { get; init; }
}

/// <summary>The images of a schedule: one by its path, or every blob under a prefix.</summary>
public sealed record ScheduleImages : ExtensibleRecord
{
    public const int DefaultLimit = 1000;
    public const int MaximumLimit = 10_000;

    /// <summary><c>container/name</c> of one image.</summary>
    public string? Path { get; init; }

    /// <summary><c>container/</c> and the beginning of names.</summary>
    public string? Prefix { get; init; }

    /// <summary>What the last segment of names must look like, such as <c>*.qcow2</c>; null for any.</summary>
    public string? Name { get; init; }

    /// <summary>The most images of a run, 1 to <see cref="MaximumLimit"/>; those beyond it, in the order of names, are left out, and the run says so.</summary>
    public int Limit { get; init; } = DefaultLimit;
}

/// <summary>What becomes of occurrences that nobody was there for.</summary>
public enum MissedRuns
{
    /// <summary>The last of them is made up for.</summary>
    Once,

    /// <summary>They are left out.</summary>
    Skip,
}
