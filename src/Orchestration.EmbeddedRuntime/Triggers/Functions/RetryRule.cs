using System.Globalization;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Functions;

/// <summary>How often and when a failed function is called again for the same event.</summary>
/// <param name="MaxRetryCount">Calls after the first one; -1 retries for ever.</param>
/// <param name="FirstDelay">The pause before the first retry; it doubles with each.</param>
/// <param name="LongestDelay">The longest pause.</param>
internal sealed record RetryRule(int MaxRetryCount, TimeSpan FirstDelay, TimeSpan LongestDelay)
{
    public static readonly RetryRule None = new(0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Reads the retry attribute of a function; <see cref="None"/> where it has none.</summary>
    /// <exception cref="FunctionHostException">The count or an interval is wrong.</exception>
    public static RetryRule Of(MethodInfo method, string location)
    {
        return method.GetCustomAttribute<RetryAttribute>() switch
        {
            null => None,
            { MaxRetryCount: < -1 } retry => throw Invalid($"Expected a retry count of -1 or more, found {retry.MaxRetryCount}."),
            FixedDelayRetryAttribute retry => new(retry.MaxRetryCount, Interval(retry.DelayInterval), Interval(retry.DelayInterval)),
            ExponentialBackoffRetryAttribute retry => new(retry.MaxRetryCount, Interval(retry.MinimumInterval), Interval(retry.MaximumInterval)),
            var other => throw Invalid($"The embedded runtime has no retry strategy {other.GetType().Name}."),
        };

        TimeSpan Interval(string text) => TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var interval) && interval >= TimeSpan.Zero
            ? interval
            : throw Invalid($"Expected a retry interval such as 00:00:10, found '{text}'.");

        FunctionHostException Invalid(string message) => new("function.invalid-retry", location, message);
    }

    /// <summary>The pause after a failed call; null: no further call is made.</summary>
    /// <param name="retryCount">Zero after the first call.</param>
    public TimeSpan? DelayAfter(int retryCount)
    {
        if (MaxRetryCount >= 0 && retryCount >= MaxRetryCount)
        {
            return null;
        }

        var delay = FirstDelay * Math.Pow(2, Math.Min(retryCount, 30));
        return delay < LongestDelay ? delay : LongestDelay;
    }
}
