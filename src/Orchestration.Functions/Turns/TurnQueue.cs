using System.Text.Json.Serialization;

namespace Orchestration.Functions.Turns;

/// <summary>
/// Who may run: as many jobs as the limit says, the others wait in the order of their priority. Waiting makes up for a lower priority, one
/// step for every <see cref="MinutesPerPriority"/> minutes, so that no job waits for ever.
/// </summary>
public sealed class TurnQueue
{
    public const int MinutesPerPriority = 5;

    // As time passes all keys would grow alike, so the order of two jobs never changes.
    private static readonly Comparer<WaitingJob> NextFirst = Comparer<WaitingJob>.Create((one, other) =>
        Key(one).CompareTo(Key(other)) is not 0 and var order ? order : string.CompareOrdinal(one.JobId, other.JobId));

    /// <summary>The most jobs at work, as the newest request says.</summary>
    public int Limit { get; set; }

    /// <summary>The jobs at work, and since when.</summary>
    public Dictionary<string, DateTimeOffset> Running { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The jobs that wait, the next one first.</summary>
    [JsonConverter(typeof(WaitingJobsConverter))]
    public List<WaitingJob> Waiting { get; set; } = [];

    /// <summary>Asks for a turn. Asking twice is asking once.</summary>
    public Turn Ask(TurnRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Limit = request.Limit;
        if (!Running.ContainsKey(request.Job.JobId) && !Waiting.Exists(job => job.JobId == request.Job.JobId))
        {
            var place = Waiting.BinarySearch(request.Job, NextFirst);
            Waiting.Insert(place < 0 ? ~place : place, request.Job);
        }

        var granted = Grant(request.At);
        return new Turn(
            Running.ContainsKey(request.Job.JobId),
            Running.Count,
            Math.Max(0, Waiting.FindIndex(job => job.JobId == request.Job.JobId)),
            [.. granted.Where(job => job != request.Job.JobId)]);
    }

    /// <summary>Gives a turn back, or stops waiting for one.</summary>
    /// <returns>The jobs whose turn it is now.</returns>
    public IReadOnlyList<string> Leave(TurnEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        Running.Remove(end.JobId);
        Waiting.RemoveAll(job => job.JobId == end.JobId);
        return Grant(end.At);
    }

    private static DateTimeOffset Key(WaitingJob job) => job.Since.AddMinutes(-MinutesPerPriority * job.Priority);

    private List<string> Grant(DateTimeOffset at)
    {
        var granted = Waiting.Take(Math.Max(0, Limit - Running.Count)).Select(job => job.JobId).ToList();
        Waiting.RemoveRange(0, granted.Count);
        granted.ForEach(job => Running[job] = at);
        return granted;
    }
}

/// <param name="JobId">The job.</param>
/// <param name="Priority">1 to 10; higher is more urgent.</param>
/// <param name="Since">When it began to wait.</param>
public sealed record WaitingJob(string JobId, int Priority, DateTimeOffset Since);

/// <param name="Job">Who asks.</param>
/// <param name="Limit">The most jobs at work.</param>
/// <param name="At">When it asks.</param>
public sealed record TurnRequest(WaitingJob Job, int Limit, DateTimeOffset At);

/// <param name="JobId">The job.</param>
/// <param name="At">When it left.</param>
public sealed record TurnEnd(string JobId, DateTimeOffset At);

/// <param name="Granted">Whether the job may run now; else it is told when it may.</param>
/// <param name="Running">How many run.</param>
/// <param name="Ahead">How many wait before it.</param>
/// <param name="AlsoGranted">Other jobs whose turn it is now, which are to be told.</param>
public sealed record Turn(bool Granted, int Running, int Ahead, IReadOnlyList<string> AlsoGranted);
