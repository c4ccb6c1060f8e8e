using System.Globalization;
using Orchestration.Functions.Schedules;

namespace Orchestration.Functions.Tests.Schedules;

public class CronScheduleTests
{
    [Theory]
    [InlineData("30 3 * * 1", "2026-03-01T08:00:00Z", "2026-03-02T02:30:00Z")]
    [InlineData("15 30 3 * * *", "2026-07-01T01:30:15Z", "2026-07-02T01:30:15Z")]
    [InlineData("0 0 29 2 *", "2026-03-01T08:00:00Z", "2028-02-28T23:00:00Z")]
    public void The_times_are_those_of_the_zone(string expression, string moment, string next) =>
        Assert.Equal(At(next), InBerlin(expression).NextAfter(At(moment)));

    [Fact]
    public void A_time_that_the_clock_skips_occurs_right_after_the_gap()
    {
        var schedule = InBerlin("30 2 * * *");

        Assert.Equal(
            [At("2026-03-28T01:30:00Z"), At("2026-03-29T01:00:00Z"), At("2026-03-30T00:30:00Z")],
            Occurrences(schedule, At("2026-03-27T12:00:00Z"), 3));
    }

    [Fact]
    public void A_time_that_comes_twice_occurs_once()
    {
        var schedule = InBerlin("30 2 * * *");

        Assert.Equal(
            [At("2026-10-25T00:30:00Z"), At("2026-10-26T01:30:00Z")],
            Occurrences(schedule, At("2026-10-24T12:00:00Z"), 2));
        Assert.Equal(At("2026-10-26T01:30:00Z"), schedule.NextAfter(At("2026-10-25T00:45:00Z")));
    }

    [Fact]
    public void A_schedule_of_every_hour_goes_on_while_clocks_are_changed()
    {
        var schedule = InBerlin("*/30 * * * *");

        Assert.Equal(
            Enumerable.Range(1, 8).Select(count => At("2026-03-28T23:30:00Z").AddMinutes(30 * count)), Occurrences(schedule, At("2026-03-28T23:30:00Z"), 8));
        Assert.Equal(
            Enumerable.Range(1, 8).Select(count => At("2026-10-24T23:30:00Z").AddMinutes(30 * count)), Occurrences(schedule, At("2026-10-24T23:30:00Z"), 8));
    }

    [Theory]
    [InlineData("* * * * *", "2025-03-01T00:00:00Z", "2026-03-01T08:00:30Z", "2026-03-01T08:00:00Z")]
    [InlineData("0 0 1 1 *", "2020-06-01T00:00:00Z", "2026-03-01T00:00:00Z", "2025-12-31T23:00:00Z")]
    [InlineData("0 9 * * *", "2026-03-01T08:00:00Z", "2026-03-01T20:00:00Z", null)]
    public void The_latest_occurrence_of_a_time_is_found_however_long_it_is(string expression, string after, string until, string? latest) =>
        Assert.Equal(latest is null ? null : At(latest), InBerlin(expression).LatestIn(At(after), At(until)));

    [Theory]
    [InlineData("*/10 * * * * *", true)]
    [InlineData("0,59 0 3 * * *", true)]
    [InlineData("30 * * * * *", false)]
    [InlineData("* * * * *", false)]
    public void More_than_one_occurrence_a_minute_is_noticed(string expression, bool tooFrequent) =>
        Assert.Equal(tooFrequent, InBerlin(expression).IsTooFrequent);

    [Theory]
    [InlineData("")]
    [InlineData("daily")]
    [InlineData("61 * * * *")]
    [InlineData("99999999999999999999 * * * *")]
    [InlineData("* * * *")]
    [InlineData("00:05:00")]
    public void What_is_no_expression_is_not_taken_for_one(string expression) => Assert.Null(CronSchedule.TryParse(expression, TimeZoneInfo.Utc));

    [Fact]
    public void A_day_that_never_comes_has_no_occurrence() => Assert.Null(InBerlin("0 0 30 2 *").NextAfter(At("2026-03-01T08:00:00Z")));

    private static CronSchedule InBerlin(string expression) =>
        CronSchedule.TryParse(expression, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")) ?? throw new ArgumentException(expression);

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);

    private static List<DateTimeOffset> Occurrences(CronSchedule schedule, DateTimeOffset after, int count)
    {
        var found = new List<DateTimeOffset>();
        for (var next = schedule.NextAfter(after); found.Count < count && next is { } moment; next = schedule.NextAfter(moment))
        {
            found.Add(moment);
        }

        return found;
    }
}
