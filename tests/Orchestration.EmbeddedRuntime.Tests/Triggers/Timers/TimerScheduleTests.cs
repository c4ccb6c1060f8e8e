using System.Globalization;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Timers;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Timers;

public sealed class TimerScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 */5 * * * *", "2026-03-01T12:05:00")]
    [InlineData("30 0 2 * * *", "2026-03-02T02:00:30")]
    [InlineData("0 0 0 1 1 *", "2027-01-01T00:00:00")]
    [InlineData("*/5 * * * *", "2026-03-01T12:05:00")]
    [InlineData("00:10:00", "2026-03-01T12:10:00")]
    [InlineData("1.00:00:00", "2026-03-02T12:00:00")]
    public void The_next_occurrence_is_the_first_after_a_time(string text, string expected)
        => Assert.Equal(
            expected,
            TimerSchedule.Parse(text, "F").NextAfter(Noon)?.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("")]
    [InlineData("* * *")]
    [InlineData("61 * * * * *")]
    [InlineData("00:00:00")]
    [InlineData("-00:05:00")]
    public void What_is_no_schedule_is_refused(string text)
        => Assert.Equal("timer.invalid-schedule", Assert.Throws<FunctionHostException>(() => TimerSchedule.Parse(text, "F")).Code);

    [Theory]
    [InlineData("*/30 * * * * *", true)]
    [InlineData("00:00:59", true)]
    [InlineData("0 * * * * *", false)]
    public void A_schedule_is_frequent_when_it_fires_more_than_once_a_minute(string text, bool expected)
        => Assert.Equal(expected, TimerSchedule.Parse(text, "F").IsFrequent(Noon));
}
