namespace Microsoft.DurableTask.Client;

/// <summary>Where an orchestration instance stands. The numbers are stored and sent.</summary>
public enum OrchestrationRuntimeStatus
{
    /// <summary>It has begun and not ended.</summary>
    Running,

    /// <summary>It returned.</summary>
    Completed,

    /// <summary>Only between two executions of one instance.</summary>
    [Obsolete("Queries show an instance that continues as new as Running.")]
    ContinuedAsNew,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>Not used.</summary>
    [Obsolete("Instances are terminated, not cancelled.")]
    Canceled,

    /// <summary>It was ended from outside.</summary>
    Terminated,

    /// <summary>It is scheduled and its first turn has not been committed.</summary>
    Pending,

    /// <summary>It is held until somebody resumes it.</summary>
    Suspended,
}
