using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Timers;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Timers;

/// <summary>The listener on a clock of the test's; the host around it is not started.</summary>
public sealed class TimerTriggerTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("timer-trigger-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_timer_fires_at_each_occurrence()
    {
        var time = new ManualTime(Noon);
        await using var timer = await StartAsync(typeof(HourlyFunction), time);

        await time.MoveToNextTimerAsync();
        Assert.Equal("13:00 past due False", await timer.Received.NextAsync());
        await time.MoveToNextTimerAsync();
        Assert.Equal("14:00 past due False", await timer.Received.NextAsync());
    }

    [Fact]
    public async Task A_setting_gives_the_schedule()
    {
        var time = new ManualTime(Noon);
        await using var timer = await StartAsync(typeof(HourlyFunction), time, schedule: "0 30 * * * *");

        await time.MoveToNextTimerAsync();

        Assert.Equal("12:30 past due False", await timer.Received.NextAsync());
    }

    [Fact]
    public async Task An_occurrence_missed_while_the_host_was_down_is_made_up_for()
    {
        await using (await StartAsync(typeof(HourlyFunction), new ManualTime(Noon)))
        {
        }

        await using var timer = await StartAsync(typeof(HourlyFunction), new ManualTime(Noon.AddHours(5).AddMinutes(1)));

        Assert.Equal("17:01 past due True", await timer.Received.NextAsync());
    }

    [Fact]
    public async Task Nothing_is_made_up_for_where_nothing_was_missed()
    {
        await using (await StartAsync(typeof(HourlyFunction), new ManualTime(Noon)))
        {
        }

        var time = new ManualTime(Noon.AddMinutes(59));
        await using var timer = await StartAsync(typeof(HourlyFunction), time);

        await time.MoveToNextTimerAsync();

        Assert.Equal("13:00 past due False", await timer.Received.NextAsync());
    }

    [Fact]
    public async Task A_timer_may_run_when_the_host_starts()
    {
        await using var timer = await StartAsync(typeof(StartupFunction), new ManualTime(Noon));

        Assert.Equal("12:00 past due False", await timer.Received.NextAsync());
    }

    [Fact]
    public async Task A_timer_that_fails_fires_again()
    {
        var time = new ManualTime(Noon);
        await using var timer = await StartAsync(typeof(FailingFunction), time);

        await time.MoveToNextTimerAsync();
        await timer.Received.NextAsync();
        await time.MoveToNextTimerAsync();

        Assert.Equal("14:00 past due False", await timer.Received.NextAsync());
        Assert.Equal(2, timer.Logs.Of(1003).Count);
    }

    [Fact]
    public async Task A_timer_months_away_is_waited_for_in_parts()
    {
        var time = new ManualTime(Noon);
        await using var timer = await StartAsync(typeof(HourlyFunction), time, schedule: "0 0 0 1 1 *");
        var moves = 0;
        while (timer.Received.Rest().Count == 0)
        {
            Assert.True(await time.MoveToNextTimerAsync() <= new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
            moves++;
            await Task.Yield();
        }

        Assert.True(moves >= 305, $"{moves} moves");
    }

    [Fact]
    public async Task Runs_do_not_overlap()
    {
        var time = new ManualTime(Noon);
        await using var timer = await StartAsync(typeof(SlowFunction), time);
        await time.MoveToNextTimerAsync();
        Assert.Equal("begin", await timer.Received.NextAsync());

        // Nobody waits for the next occurrence while the function runs.
        Assert.Empty(timer.Received.Rest());
        SlowFunction.Finish.SetResult();

        Assert.Equal("end", await timer.Received.NextAsync());
        await time.MoveToNextTimerAsync();
        Assert.Equal("begin", await timer.Received.NextAsync());
    }

    [Fact]
    public async Task A_failed_run_is_repeated_as_its_retry_attribute_says()
    {
        var time = new ManualTime(Noon);
        await using var timer = await StartAsync(typeof(RetriedFunction), time);

        await time.MoveToNextTimerAsync();
        Assert.Equal("13:00 retry 0 of 2", await timer.Received.NextAsync());
        await time.MoveToNextTimerAsync();
        Assert.Equal("13:05 retry 1 of 2", await timer.Received.NextAsync());
        await time.MoveToNextTimerAsync();
        Assert.Equal("13:10 retry 2 of 2", await timer.Received.NextAsync());
        await time.MoveToNextTimerAsync();
        Assert.Equal("14:00 retry 0 of 2", await timer.Received.NextAsync());
    }

    [Fact]
    public void A_retry_attribute_on_a_trigger_without_retries_is_refused()
    {
        var failure = Assert.Throws<FunctionHostException>(() => TestHost.Build(typeof(RetriedActivity)));

        Assert.Contains("activityTrigger", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "00:00:01", "00:00:10", new[] { 1, 2 })]
    [InlineData(6, "00:00:01", "00:00:10", new[] { 1, 2, 4, 8, 10, 10 })]
    [InlineData(0, "00:00:01", "00:00:10", new int[0])]
    public void Exponential_pauses_double_up_to_the_longest(int retries, string shortest, string longest, int[] seconds)
    {
        var rule = new RetryRule(retries, TimeSpan.Parse(shortest, CultureInfo.InvariantCulture), TimeSpan.Parse(longest, CultureInfo.InvariantCulture));

        var pauses = Enumerable.Range(0, retries).Select(rule.DelayAfter);

        Assert.Equal(seconds.Select(second => (TimeSpan?)TimeSpan.FromSeconds(second)), pauses);
        Assert.Null(rule.DelayAfter(retries));
    }

    private async Task<RunningTimer> StartAsync(Type functions, ManualTime time, string schedule = "0 0 * * * *")
    {
        var logs = new TestLogs();
        var host = TestHost.Build(
            functions,
            new() { ["Schedule"] = schedule },
            builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)),
            _directory.FullName,
            logs);
        var listener = ActivatorUtilities.CreateInstance<TimerListener>(host.Services);
        await listener.StartAsync(CancellationToken.None);
        await time.WaitForTimerAsync();
        return new(host, listener, logs);
    }

    private sealed class RunningTimer(Microsoft.Extensions.Hosting.IHost host, TimerListener listener, TestLogs logs) : IAsyncDisposable
    {
        public Received Received => host.Services.GetRequiredService<Received>();

        public TestLogs Logs => logs;

        public async ValueTask DisposeAsync()
        {
            await listener.StopAsync(CancellationToken.None);
            listener.Dispose();
            host.Dispose();
        }
    }

    public sealed class HourlyFunction(Received received, TimeProvider time)
    {
        [Function("Hourly")]
        public void Run([TimerTrigger("%Schedule%")] TimerInfo timer) => received.Add(Report(timer, time));
    }

    public sealed class StartupFunction(Received received, TimeProvider time)
    {
        [Function("Startup")]
        public void Run([TimerTrigger("%Schedule%", RunOnStartup = true, UseMonitor = false)] TimerInfo timer)
            => received.Add(Report(timer, time));
    }

    public sealed class FailingFunction(Received received, TimeProvider time)
    {
        [Function("Failing")]
        public void Run([TimerTrigger("%Schedule%")] TimerInfo timer)
        {
            received.Add(Report(timer, time));
            throw new InvalidOperationException("as it does");
        }
    }

    public sealed class RetriedFunction(Received received, TimeProvider time)
    {
        [Function("Retried")]
        [FixedDelayRetry(2, "00:05:00")]
        public void Run([TimerTrigger("%Schedule%", UseMonitor = false)] TimerInfo timer, FunctionContext context)
        {
            RetryContext retry = context.RetryContext;
            received.Add($"{time.GetUtcNow().ToString("HH:mm", CultureInfo.InvariantCulture)} retry {retry.RetryCount} of {retry.MaxRetryCount}");
            throw new InvalidOperationException("as it does");
        }
    }

    public static class RetriedActivity
    {
        [Function("Activity")]
        [ExponentialBackoffRetry(2, "00:00:01", "00:01:00")]
        public static int Run([ActivityTrigger] int input) => input;
    }

    public sealed class SlowFunction(Received received)
    {
        internal static TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Function("Slow")]
        public async Task Run([TimerTrigger("00:01:00")] TimerInfo timer)
        {
            received.Add("begin");
            await Finish.Task;
            received.Add("end");
        }
    }

    private static string Report(TimerInfo timer, TimeProvider time)
        => $"{time.GetUtcNow().ToString("HH:mm", CultureInfo.InvariantCulture)} past due {timer.IsPastDue}";
}
