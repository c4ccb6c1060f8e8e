namespace Microsoft.DurableTask;

/// <summary>Retries of a failed activity or sub-orchestration: how many, how far apart, and for which failures.</summary>
public class RetryPolicy
{

    /// <summary>Makes a retry policy.</summary>
    /// <param name="maxNumberOfAttempts">Attempts in all, the first one included; at least 1.</param>
    /// <param name="firstRetryInterval">The delay before the second attempt; above zero.</param>
    /// <param name="backoffCoefficient">What each further delay is multiplied with; at least 1.</param>
    /// <param name="maxRetryInterval">The longest delay; null: one hour; <see cref="Timeout.InfiniteTimeSpan"/>: no bound.</param>
    /// <param name="retryTimeout">No attempt starts later than this after the first; null or infinite: no bound.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public RetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfAttempts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
        ThrowIfShorter(maxRetryInterval, firstRetryInterval, nameof(maxRetryInterval));
        ThrowIfShorter(retryTimeout, firstRetryInterval, nameof(retryTimeout));

        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? TimeSpan.FromHours(1);
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    public int MaxNumberOfAttempts { get; }

    public TimeSpan FirstRetryInterval { get; }

    public double BackoffCoefficient { get; }

    public TimeSpan MaxRetryInterval { get; }

    public TimeSpan RetryTimeout { get; }

    /// <summary>Whether a failure, seen as a <see cref="TaskFailedException"/>, may be retried. It runs again in every replay.</summary>
    public Func<Exception, bool> Handle { get; private init; } = static _ => true;

    /// <summary>As <see cref="Handle"/>, asynchronously; asked after it when set. It may only await durable tasks.</summary>
    public Func<Exception, Task<bool>>? HandleAsync { get; set; }

    /// <summary>Whether a failure may be retried. It runs again in every replay.</summary>
    public Func<TaskFailureDetails, bool> HandleFailure
    {
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            Handle = exception => value(exception is TaskFailedException failed
                ? failed.FailureDetails
                : TaskFailureDetails.FromException(exception));
        }
    }

    private static void ThrowIfShorter(TimeSpan? value, TimeSpan minimum, string name)
    {
        if (value < minimum && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, $"The value must be infinite or at least the first retry interval, {minimum}.");
        }
    }
}
