namespace Microsoft.DurableTask;

/// <summary>Thrown in an orchestrator when an activity or a sub-orchestration that it awaits has failed.</summary>
public sealed class TaskFailedException : Exception
{
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : base(Describe(taskName, taskId, innerException?.Message), innerException)
    {
        ArgumentNullException.ThrowIfNull(innerException);
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = TaskFailureDetails.FromException(innerException);
    }

    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base(Describe(taskName, taskId, failureDetails?.ErrorMessage))
    {
        ArgumentNullException.ThrowIfNull(failureDetails);
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails;
    }

    /// <summary>The name of the task that failed.</summary>
    public string TaskName { get; }

    /// <summary>The number of the task within its orchestration; the first task has number 0.</summary>
    public int TaskId { get; }

    /// <summary>What the task failed with.</summary>
    public TaskFailureDetails FailureDetails { get; }

    [Obsolete("Use FailureDetails.IsCausedBy<T>(), which honours inheritance.")]
    public bool IsCausedByException<T>()
        where T : Exception
        => FailureDetails.ErrorType == typeof(T).FullName;

    private static string Describe(string taskName, int taskId, string? reason)
    {
        string what = $"Task '{taskName}' (#{taskId}) failed with an unhandled exception";
        return reason is null ? what + "." : $"{what}: {reason}";
    }
}
