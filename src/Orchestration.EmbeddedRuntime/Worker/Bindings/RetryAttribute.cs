namespace Microsoft.Azure.Functions.Worker;

/// <summary>How often a failed function is called again by the host before the trigger gives up on that event.</summary>
[AttributeUsage(AttributeTargets.Method)]
#pragma warning disable CA1012 // Its constructor is public there.
public abstract class RetryAttribute : Attribute
#pragma warning restore CA1012
{
    public RetryAttribute()
    {
    }

    /// <summary>Calls after the first one; -1 retries for ever.</summary>
    public int MaxRetryCount { get; set; }
}

/// <summary>Retries after a constant delay.</summary>
public sealed class FixedDelayRetryAttribute : RetryAttribute
{
    /// <param name="maxRetryCount">Calls after the first one; -1 retries for ever.</param>
    /// <param name="delayInterval">The delay as a <see cref="TimeSpan"/> in its constant format.</param>
    public FixedDelayRetryAttribute(int maxRetryCount, string delayInterval)
    {
        MaxRetryCount = maxRetryCount;
        DelayInterval = delayInterval;
    }

    public string DelayInterval { get; }
}

/// <summary>Retries after a delay that doubles between two bounds.</summary>
public sealed class ExponentialBackoffRetryAttribute : RetryAttribute
{
    /// <param name="maxRetryCount">Calls after the first one; -1 retries for ever.</param>
    /// <param name="minimumInterval">The first delay as a <see cref="TimeSpan"/> in its constant format.</param>
    /// <param name="maximumInterval">The longest delay, same format.</param>
    public ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval)
    {
        MaxRetryCount = maxRetryCount;
        MinimumInterval = minimumInterval;
        MaximumInterval = maximumInterval;
    }

    public string MinimumInterval { get; }

    public string MaximumInterval { get; }
}
