using NCrontab;

namespace Orchestration.Functions.Schedules;

/// <summary>
/// Occurrences of an NCRONTAB expression by the clock of a time zone. A schedule of certain hours occurs once a day whatever the clock does:
/// where its time is skipped, right after the gap, and where it comes twice, the first time. A schedule of every hour follows the clock. Immutable.
/// </summary>
public sealed class CronSchedule
{
    // A leap day on a certain weekday comes every 28 years, or every 40 around a century.
    private const int YearsToSearch = 41;

    private static readonly TimeSpan[] Windows = [TimeSpan.FromHours(1), TimeSpan.FromDays(2), TimeSpan.FromDays(40), TimeSpan.FromDays(400)];

    private readonly CrontabSchedule _crontab;
    private readonly TimeZoneInfo _zone;
    private readonly bool _isEveryHour;

    private CronSchedule(CrontabSchedule crontab, TimeZoneInfo zone, bool isEveryHour, bool isTooFrequent)
    {
        _crontab = crontab;
        _zone = zone;
        _isEveryHour = isEveryHour;
        IsTooFrequent = isTooFrequent;
    }

    /// <summary>Whether it may occur more than once a minute.</summary>
    public bool IsTooFrequent { get; }

    /// <param name="expression">Five fields, or six of which the first is for seconds.</param>
    /// <param name="zone">Whose clock it means.</param>
    /// <returns>Null for what is no such expression.</returns>
    public static CronSchedule? TryParse(string expression, TimeZoneInfo zone)
    {
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var hasSeconds = fields.Length == 6;
        try
        {
            return fields.Length is 5 or 6 && CrontabSchedule.TryParse(expression, new() { IncludingSeconds = hasSeconds }) is { } crontab
                ? new CronSchedule(crontab, zone, fields[^4].StartsWith('*'), hasSeconds && !fields[0].All(char.IsAsciiDigit))
                : null;
        }
        catch (OverflowException)
        {
            // The library throws for numbers that no field can hold.
            return null;
        }
    }

    /// <summary>A moment by the schedule's clock.</summary>
    public DateTimeOffset ToLocal(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, _zone);

    /// <summary>The first occurrence later than a moment, with the zone's offset; null where there is none in a lifetime.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset moment)
    {
        moment = TimeZoneInfo.ConvertTime(moment, _zone);
        for (var local = moment.DateTime; NextLocal(local) is { } next; local = next)
        {
            if (_isEveryHour)
            {
                // By the clock as it goes now; where it is put before that, again from the moment at which it is.
                var occurrence = new DateTimeOffset(next, moment.Offset);
                if (_zone.GetUtcOffset(occurrence) == moment.Offset)
                {
                    return occurrence;
                }

                moment = FindChange(moment, occurrence);
                next = moment.DateTime.AddTicks(-1);
            }
            else if (Resolve(next) is var occurrence && occurrence > moment)
            {
                return occurrence;
            }
        }

        return null;
    }

    /// <summary>The last occurrence later than <paramref name="after"/> and not later than <paramref name="until"/>; null where there is none.</summary>
    public DateTimeOffset? LatestIn(DateTimeOffset after, DateTimeOffset until)
    {
        // From the end, so that a schedule of every minute that was not looked after for a year costs no more than one of every year.
        foreach (var window in Windows.Append(TimeSpan.MaxValue))
        {
            var from = until - after <= window ? after : until - window;
            DateTimeOffset? latest = null;
            for (var next = NextAfter(from); next <= until; next = NextAfter(next.Value))
            {
                latest = next;
            }

            if (latest is not null || from == after)
            {
                return latest;
            }
        }

        return null;
    }

    private DateTime? NextLocal(DateTime local)
    {
        var end = local.Year + YearsToSearch < DateTime.MaxValue.Year ? local.AddYears(YearsToSearch) : DateTime.MaxValue;
        var next = _crontab.GetNextOccurrence(local, end);
        return next < end ? next : null;
    }

    private DateTimeOffset Resolve(DateTime local)
    {
        if (_zone.IsInvalidTime(local))
        {
            for (local = local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute)); _zone.IsInvalidTime(local); local = local.AddMinutes(1))
            {
            }
        }

        return new DateTimeOffset(local, _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local).Max() : _zone.GetUtcOffset(local));
    }

    /// <summary>The first moment with another offset than <paramref name="before"/> has, to the second; it lies before <paramref name="after"/>.</summary>
    private DateTimeOffset FindChange(DateTimeOffset before, DateTimeOffset after)
    {
        var (low, high) = (before.ToUnixTimeSeconds(), after.ToUnixTimeSeconds());
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (_zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(middle)) == before.Offset)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(high), _zone);
    }
}
