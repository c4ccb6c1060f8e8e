using System.Globalization;
using NCrontab;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Timers;

/// <summary>When a timer fires: an NCRONTAB expression in UTC, or a constant interval. Immutable.</summary>
internal sealed class TimerSchedule
{
    private readonly string _text;
    private readonly CrontabSchedule? _crontab;
    private readonly TimeSpan _interval;

    private TimerSchedule(string text, CrontabSchedule? crontab, TimeSpan interval)
    {
        _text = text;
        _crontab = crontab;
        _interval = interval;
    }

    /// <param name="text">Five or six NCRONTAB fields, six beginning with seconds, or a <see cref="TimeSpan"/> of at least a second.</param>
    /// <param name="location">The function, for the error.</param>
    public static TimerSchedule Parse(string text, string location)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length is 5 or 6
            && CrontabSchedule.TryParse(text, new() { IncludingSeconds = fields.Length == 6 }) is { } crontab)
        {
            return new(text, crontab, default);
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval >= TimeSpan.FromSeconds(1)
            ? new(text, crontab: null, interval)
            : throw new FunctionHostException(
                "timer.invalid-schedule", location, $"Expected six NCRONTAB fields or a duration of at least a second, found '{text}'.");
    }

    /// <summary>The first occurrence later than <paramref name="time"/>; null where there is none any more.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time)
    {
        if (_crontab is null)
        {
            return time + _interval;
        }

        // The end of the search is what the library answers where it finds nothing.
        var next = _crontab.GetNextOccurrence(time.UtcDateTime, DateTime.MaxValue);
        return next == DateTime.MaxValue ? null : new DateTimeOffset(DateTime.SpecifyKind(next, DateTimeKind.Utc));
    }

    /// <summary>Whether two occurrences after <paramref name="time"/> are less than a minute apart.</summary>
    public bool IsFrequent(DateTimeOffset time)
        => NextAfter(time) is { } first && NextAfter(first) is { } second && second - first < TimeSpan.FromMinutes(1);

    public override string ToString() => _text;
}
