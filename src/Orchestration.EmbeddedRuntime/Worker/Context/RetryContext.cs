namespace Microsoft.Azure.Functions.Worker;

/// <summary>Where an invocation stands among the host's retries of one event.</summary>
public abstract class RetryContext
{
    /// <summary>Zero on the first call.</summary>
    public abstract int RetryCount { get; }

    public abstract int MaxRetryCount { get; }
}
