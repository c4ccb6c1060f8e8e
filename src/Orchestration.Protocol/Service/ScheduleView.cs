using System.Text.Json;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Service;

/// <summary>All schedules, by name.</summary>
public sealed record ScheduleList(IReadOnlyList<ScheduleView> Schedules);

/// <summary>A schedule and what it did.</summary>
public sealed record ScheduleView
{
    public required string Name { get; init; }

    /// <summary>Whether it runs by itself: it is in order, and enabled.</summary>
    public required bool Active { get; init; }

    /// <summary>What is wrong with its document; it does not run until that is mended.</summary>
    public IReadOnlyList<Violation>? Violations { get; init; }

    /// <summary>Members of its document without effect, as JSON pointers; null where there are none.</summary>
    public IReadOnlyList<string>? UnknownMembers { get; init; }

    /// <summary>The next occurrences, in the schedule's zone; at most five, none while it is not active.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns { get; init; } = [];

    /// <summary>Since when a run is under way; null while there is none.</summary>
    public DateTimeOffset? RunningSince { get; init; }

    public ScheduleRun? LastRun { get; init; }

    /// <summary>What went wrong last, and was not followed by a run in which all went well.</summary>
    public ScheduleFault? LastError { get; init; }

    /// <summary>The document; null where it cannot be read.</summary>
    public JsonElement? Document { get; init; }
}

/// <summary>What came of one occurrence.</summary>
public sealed record ScheduleRun
{
    /// <summary>Most jobs that a run lists; its label leads to all of them.</summary>
    public const int MostJobs = 1000;

    /// <summary>The moment that the schedule named, in UTC; that of the request where it was run by hand.</summary>
    public required DateTimeOffset Occurrence { get; init; }

    /// <summary>Whether it was run by hand.</summary>
    public required bool Manual { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required int Accepted { get; init; }

    /// <summary>Images whose idempotency key stood for a job already.</summary>
    public required int Deduplicated { get; init; }

    public required int Refused { get; init; }

    /// <summary>The label that all jobs of the run have, as <c>GET /jobs?label=</c> takes it.</summary>
    public required string Label { get; init; }

    /// <summary>The first <see cref="MostJobs"/> jobs, those that were refused before the others.</summary>
    public required IReadOnlyList<ScheduledJob> Jobs { get; init; }
}

/// <param name="JobId">The job; the one that stood already where it was deduplicated.</param>
/// <param name="Status"><c>accepted</c>, <c>deduplicated</c> or <c>refused</c>.</param>
/// <param name="Image">What it is about, <c>container/name</c>.</param>
/// <param name="Code">Why it was refused: one of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">The same for people.</param>
public sealed record ScheduledJob(string? JobId, string Status, string? Image, string? Code = null, string? Message = null);

/// <param name="At">When, in UTC.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">For people, with the JSON pointer where it is the document's fault.</param>
public sealed record ScheduleFault(DateTimeOffset At, string Code, string Message);
