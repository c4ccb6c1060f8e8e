namespace DurableTask.Core;

/// <summary>An execution of an instance.</summary>
public class OrchestrationInstance
{
    public string? InstanceId { get; set; }

    public string? ExecutionId { get; set; }
}

/// <summary>The call that a sub-orchestration answers.</summary>
public class ParentInstance
{
    public string? Name { get; set; }

    public OrchestrationInstance? OrchestrationInstance { get; set; }

    /// <summary>The number of the call in the parent.</summary>
    public int TaskScheduleId { get; set; }

    public string? Version { get; set; }
}

/// <summary>Where an execution stands. The numbers are those of the Durable Task Framework.</summary>
public enum OrchestrationStatus
{
    Running,
    Completed,
    ContinuedAsNew,
    Failed,
    Canceled,
    Terminated,
    Pending,
    Suspended,
}

/// <summary>How something failed.</summary>
public class FailureDetails(
    string errorType, string errorMessage, string? stackTrace, FailureDetails? innerFailure, bool isNonRetriable,
    IDictionary<string, object?>? properties = null)
{
    public string ErrorType { get; } = errorType;

    public string ErrorMessage { get; } = errorMessage;

    public string? StackTrace { get; } = stackTrace;

    public FailureDetails? InnerFailure { get; } = innerFailure;

    /// <summary>Whether another attempt could not end differently.</summary>
    public bool IsNonRetriable { get; } = isNonRetriable;

    public IDictionary<string, object?>? Properties { get; } = properties;

    /// <inheritdoc/>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";
}
