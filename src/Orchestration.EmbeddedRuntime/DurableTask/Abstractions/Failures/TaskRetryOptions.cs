namespace Microsoft.DurableTask;

/// <summary>Decides, each time a task has failed, whether to try again.</summary>
/// <returns>True to try again at once; false to let the failure surface.</returns>
public delegate bool RetryHandler(RetryContext retryContext);

/// <summary>Decides, each time a task has failed, whether to try again. It may await durable tasks only, such as a timer.</summary>
/// <returns>True to try again at once; false to let the failure surface.</returns>
public delegate Task<bool> AsyncRetryHandler(RetryContext retryContext);

/// <summary>What a retry handler decides by. The handler is orchestrator code: it runs again in every replay.</summary>
/// <param name="OrchestrationContext">The orchestration that calls the task.</param>
/// <param name="LastAttemptNumber">The number of the attempt that failed; the first is 1.</param>
/// <param name="LastFailure">What that attempt failed with.</param>
/// <param name="TotalRetryTime">Time since the first attempt began.</param>
/// <param name="CancellationToken">Cancelled when the orchestration need not go on.</param>
public record RetryContext(
    TaskOrchestrationContext OrchestrationContext,
    int LastAttemptNumber,
    TaskFailureDetails LastFailure,
    TimeSpan TotalRetryTime,
    CancellationToken CancellationToken);

/// <summary>Either a retry policy or a retry handler.</summary>
public sealed class TaskRetryOptions
{
    public TaskRetryOptions(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
    }

    public TaskRetryOptions(AsyncRetryHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Handler = handler;
    }

    public RetryPolicy? Policy { get; }

    public AsyncRetryHandler? Handler { get; }

    public static implicit operator TaskRetryOptions(RetryPolicy policy) => FromRetryPolicy(policy);

    public static implicit operator TaskRetryOptions(AsyncRetryHandler handler) => FromRetryHandler(handler);

    public static implicit operator TaskRetryOptions(RetryHandler handler) => FromRetryHandler(handler);

    public static TaskRetryOptions FromRetryPolicy(RetryPolicy policy) => new(policy);

    public static TaskRetryOptions FromRetryHandler(AsyncRetryHandler handler) => new(handler);

    public static TaskRetryOptions FromRetryHandler(RetryHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new TaskRetryOptions(context => Task.FromResult(handler(context)));
    }
}
