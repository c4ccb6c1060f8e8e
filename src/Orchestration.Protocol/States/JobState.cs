namespace Orchestration.Protocol.States;

/// <summary>Where a job stands: the canonical union of section 1.17 of the specification.</summary>
public enum JobState
{
    /// <summary>Claimed; nothing has been checked yet.</summary>
    Created,

    /// <summary>The document and its payload are in order.</summary>
    Validated,

    /// <summary>Waiting for its turn.</summary>
    Queued,

    /// <summary>Taken by a worker.</summary>
    Assigned,

    /// <summary>At work.</summary>
    Running,

    /// <summary>At work, with steps finished.</summary>
    Progressing,

    Completed,
    Failed,
    TimedOut,
    Cancelled,

    /// <summary>The attempt failed for a cause that may pass; another one follows.</summary>
    Retrying,

    /// <summary>All attempts were used up; kept for inspection and requeueing.</summary>
    DeadLettered,
}
