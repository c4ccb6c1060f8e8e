using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Timers;

/// <summary>Runs the app's timer functions, each by itself and never twice at once.</summary>
internal sealed partial class TimerListener(
    FunctionIndex index, FunctionInvoker invoker, TimerStateStore states, TimeProvider time, ILogger<TimerListener> logger)
    : BackgroundService
{
    // Task.Delay takes at most seven weeks; waking daily also follows changes of the clock.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll(index.Of<TimerTrigger>().Select(timer => RunAsync(timer.Function, timer.Trigger, stoppingToken)));

    private async Task RunAsync(FunctionDescriptor function, TimerTrigger timer, CancellationToken cancellationToken)
    {
        var isMonitored = timer.UseMonitor && !timer.Schedule.IsFrequent(time.GetUtcNow());
        var status = isMonitored ? await states.ReadAsync(function.Name, cancellationToken) : null;
        var isPastDue = status is not null && status.Next < time.GetUtcNow().UtcDateTime;
        if (isPastDue || timer.RunOnStartup)
        {
            status = await FireAsync(function, timer, status, isPastDue, isMonitored, cancellationToken);
        }
        else if (isMonitored && status is null)
        {
            // Known from the first start on, so that even the first occurrence is made up for.
            status = Status(timer, last: default);
            await SaveAsync(function.Name, status);
        }

        for (var due = Next(timer, status); due is { } next; due = Next(timer, status))
        {
            await DelayUntilAsync(next, cancellationToken);
            status = await FireAsync(function, timer, status, isPastDue: false, isMonitored, cancellationToken);
        }
    }

    /// <summary>The next occurrence as the state has it, or counted from now. Occurrences that passed during a run are left out.</summary>
    private DateTimeOffset? Next(TimerTrigger timer, ScheduleStatus? status)
    {
        var now = time.GetUtcNow();
        return status is not null && status.Next > now.UtcDateTime
            ? new DateTimeOffset(DateTime.SpecifyKind(status.Next, DateTimeKind.Utc))
            : timer.Schedule.NextAfter(now);
    }

    private ScheduleStatus Status(TimerTrigger timer, DateTime last)
    {
        var now = time.GetUtcNow();
        return new()
        {
            Last = last,
            Next = timer.Schedule.NextAfter(now)?.UtcDateTime ?? DateTime.MaxValue,
            LastUpdated = now.UtcDateTime,
        };
    }

    /// <summary>Calls the function and returns the state after it; null where none is kept.</summary>
    private async Task<ScheduleStatus?> FireAsync(
        FunctionDescriptor function,
        TimerTrigger timer,
        ScheduleStatus? previous,
        bool isPastDue,
        bool isMonitored,
        CancellationToken cancellationToken)
    {
        var status = isMonitored ? Status(timer, previous?.Last ?? default) : null;
        var started = time.GetUtcNow().UtcDateTime;
        await InvokeAsync(function, new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = status }, cancellationToken);
        if (!isMonitored)
        {
            return null;
        }

        status = Status(timer, started);
        await SaveAsync(function.Name, status);
        return status;
    }

    private async Task InvokeAsync(FunctionDescriptor function, TimerInfo timer, CancellationToken cancellationToken)
    {
        TimeSpan? pause = TimeSpan.Zero;
        for (var retry = 0; pause is { } delay; retry++)
        {
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, time, cancellationToken);
            }

            try
            {
                var invocation = new Invocation(timer) { RetryCount = retry, MaxRetryCount = function.Retry.MaxRetryCount };
                await invoker.InvokeAsync(function, invocation, cancellationToken);
                return;
            }
#pragma warning disable CA1031 // The invoker has logged it; after the last retry the next occurrence is the next try.
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                pause = function.Retry.DelayAfter(retry);
            }
        }
    }

    /// <summary>Not cancelled when the host stops: a run that is not on record is made up for at the next start.</summary>
    private async Task SaveAsync(string function, ScheduleStatus status)
    {
        try
        {
            await states.WriteAsync(function, status, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(exception, function);
        }
    }

    private async Task DelayUntilAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        for (var left = due - time.GetUtcNow(); left > TimeSpan.Zero; left = due - time.GetUtcNow())
        {
            await Task.Delay(left < LongestDelay ? left : LongestDelay, time, cancellationToken);
        }
    }

    [LoggerMessage(EventId = 1302, Level = LogLevel.Warning, Message = "The state of timer {Function} cannot be saved")]
    private partial void LogNotSaved(Exception exception, string function);
}
