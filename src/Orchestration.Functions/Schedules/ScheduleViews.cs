using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Schedules;

/// <summary>Puts together what is known of schedules.</summary>
public sealed class ScheduleViews(ScheduleStore store, ScheduleReader reader, TimeProvider time)
{
    private const int MostNextRuns = 5;
    private const int AtOnce = 16;

    /// <summary>All schedules, by name, those that are not in order included.</summary>
    public async Task<ScheduleList> ListAsync(CancellationToken cancellationToken)
    {
        var views = new List<ScheduleView>();
        await foreach (var names in store.ListAsync(cancellationToken).Chunk(AtOnce))
        {
            var found = await Task.WhenAll(names.Select(name => FindAsync(name, cancellationToken)));
            views.AddRange(found.OfType<ScheduleView>().Select(view => view with { LastRun = view.LastRun is null ? null : view.LastRun with { Jobs = [] } }));
        }

        return new ScheduleList(views);
    }

    /// <summary>One schedule; null where there is none of that name.</summary>
    public async Task<ScheduleView?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(name, cancellationToken) is not { } stored)
        {
            return null;
        }

        var reading = reader.Read(name, stored.Content, DocumentFormat.Yaml);
        var state = (await store.ReadStateAsync(name, cancellationToken))?.Content;
        var isActive = reading.Schedule is { Document.Enabled: true };
        return new ScheduleView
        {
            Name = name,
            Active = isActive,
            Violations = reading.Violations.Count > 0 ? reading.Violations : null,
            UnknownMembers = reading.UnknownMembers.Count > 0 ? reading.UnknownMembers : null,
            NextRuns = isActive && reading.Schedule is { } schedule ? [.. Next(schedule.Times)] : [],
            RunningSince = state?.Running?.StartedAt,
            LastRun = state?.LastRun,
            LastError = state?.LastError,
            Document = reading.Document,
        };
    }

    private IEnumerable<DateTimeOffset> Next(CronSchedule times)
    {
        var count = 0;
        for (var next = times.NextAfter(time.GetUtcNow()); next is { } moment && count++ < MostNextRuns; next = times.NextAfter(moment))
        {
            yield return moment;
        }
    }
}
