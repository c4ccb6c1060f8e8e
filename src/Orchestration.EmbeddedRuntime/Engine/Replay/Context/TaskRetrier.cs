using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay.Context;

/// <summary>Repeats a failing task as its options say. It is orchestrator code: its delays are durable timers.</summary>
internal sealed class TaskRetrier(TaskOrchestrationContext context, ILogger logger)
{
    /// <param name="taskName">The task.</param>
    /// <param name="options">How often and when to repeat it; null: never.</param>
    /// <param name="attempt">Makes an attempt, given its number from 1.</param>
    /// <exception cref="TaskFailedException">The last attempt's failure, once no further attempt is made.</exception>
    public async Task<T> RunAsync<T>(string taskName, TaskRetryOptions? options, Func<int, Task<T>> attempt)
    {
        if (options is null)
        {
            return await attempt(1);
        }

        DateTime firstAttempt = context.CurrentUtcDateTime;
        for (int number = 1; ; number++)
        {
            try
            {
                return await attempt(number);
            }
            catch (TaskFailedException failure) when (FailureCode.IsRetriable(failure.FailureDetails))
            {
                bool retry = options switch
                {
                    { Policy: { } policy } => await DelayAsync(policy, failure, number, firstAttempt),
                    { Handler: { } handler } => await AskAsync(handler, taskName, failure, number, firstAttempt),
                    _ => false,
                };
                if (!retry)
                {
                    throw;
                }
            }
        }
    }

    private async Task<bool> AskAsync(
        AsyncRetryHandler handler,
        string taskName,
        TaskFailedException failure,
        int attempt,
        DateTime firstAttempt)
    {
        logger.RetryingTask(context.InstanceId, taskName, attempt);
        return await handler(new RetryContext(
            context,
            attempt,
            failure.FailureDetails,
            context.CurrentUtcDateTime - firstAttempt,
            CancellationToken.None));
    }

    private async Task<bool> DelayAsync(RetryPolicy policy, TaskFailedException failure, int attempt, DateTime firstAttempt)
    {
        if (attempt >= policy.MaxNumberOfAttempts
            || !policy.Handle(failure)
            || (policy.HandleAsync is { } handleAsync && !await handleAsync(failure)))
        {
            return false;
        }

        DateTime next = context.CurrentUtcDateTime + Delay(policy, attempt);
        if (policy.RetryTimeout != Timeout.InfiniteTimeSpan && next >= firstAttempt + policy.RetryTimeout)
        {
            return false;
        }

        await context.CreateTimer(next, CancellationToken.None);
        return true;
    }

    private static TimeSpan Delay(RetryPolicy policy, int attempt)
    {
        TimeSpan longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.FromDays(3650) : policy.MaxRetryInterval;
        double milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }
}
