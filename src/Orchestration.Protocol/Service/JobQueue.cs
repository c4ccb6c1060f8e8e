namespace Orchestration.Protocol.Service;

/// <summary>Who runs and who waits for a turn. Jobs that take next to nothing need none, and are not shown.</summary>
/// <param name="Limit">The most jobs at work.</param>
/// <param name="RunningCount">How many are.</param>
/// <param name="WaitingCount">How many wait.</param>
/// <param name="Running">Those at work, the longest first; a thousand at most.</param>
/// <param name="Waiting">Those that wait, the next one first; a thousand at most.</param>
public sealed record JobQueue(
    int Limit, int RunningCount, int WaitingCount, IReadOnlyList<QueuedJob> Running, IReadOnlyList<QueuedJob> Waiting);

/// <param name="JobId">The job.</param>
/// <param name="Since">Since when it runs or waits, in UTC.</param>
/// <param name="Priority">1 to 10, of jobs that wait.</param>
/// <param name="Self">Where the job is found.</param>
public sealed record QueuedJob(string JobId, DateTimeOffset Since, int? Priority, string Self);
