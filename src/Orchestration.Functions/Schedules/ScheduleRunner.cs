using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Schedules;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Schedules;

/// <summary>
/// Runs what is due. A run is claimed in the schedule's state before its first job is submitted, and entered there when it has ended: of several
/// hosts one runs it, and where that one is killed, another goes on with it. The jobs' ids are those of the occurrence, so going on submits none twice.
/// </summary>
public sealed partial class ScheduleRunner(
    ScheduleStore store,
    ScheduleReader reader,
    ScheduleSubmitter submitter,
    IOptions<ScheduleOptions> options,
    TimeProvider time,
    ILogger<ScheduleRunner> logger)
{
    private const int SchedulesAtOnce = 4;

    // Younger than this, an occurrence was not missed: the timer comes every minute and may be late.
    private static readonly TimeSpan Punctual = TimeSpan.FromMinutes(5);

    private readonly string _self = Guid.NewGuid().ToString("N");

    private TimeSpan Patience => TimeSpan.FromSeconds(options.Value.TakeOverSeconds);

    /// <summary>Looks at every schedule, and runs those that are due. What is wrong with one keeps no other from running.</summary>
    public Task RunDueAsync(DurableTaskClient client, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        store.ListAsync(cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = SchedulesAtOnce, CancellationToken = cancellationToken },
        async (name, token) =>
        {
            try
            {
                await RunIfDueAsync(client, name, token);
            }
            catch (Exception exception) when (exception is JobException || StorageAccounts.IsFailure(exception))
            {
                LogFailed(logger, exception, name);
            }
        });

    /// <summary>Runs a schedule now, whatever its times.</summary>
    /// <returns>What came of it; null where a run is under way.</returns>
    public async Task<ScheduleRun?> RunNowAsync(DurableTaskClient client, Schedule schedule, StoredSchedule stored, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var read = await store.ReadStateAsync(schedule.Name, cancellationToken);
        var state = StateOf(stored, read?.Content, now);
        return state.Running is { } running && !IsAbandoned(running, now)
            ? null
            : await ClaimAndRunAsync(client, schedule, read, state, new PendingRun(now, Manual: true, now, _self, now), cancellationToken);
    }

    private async Task RunIfDueAsync(DurableTaskClient client, string name, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(name, cancellationToken) is not { } stored)
        {
            return;
        }

        var now = time.GetUtcNow();
        var read = await store.ReadStateAsync(name, cancellationToken);
        var state = StateOf(stored, read?.Content, now);
        var reading = reader.Read(name, stored.Content, DocumentFormat.Yaml);
        if (reading.Schedule is not { } schedule)
        {
            // Once a version, so that a broken document costs a write and a line in the log, and not one of each a minute.
            if (state.Version != read?.Content.Version)
            {
                var first = reading.Violations[0];
                LogRefused(logger, name, first.Pointer, first.Code);
                var fault = new ScheduleFault(now, first.Code, $"{first.Pointer}: {first.Message}".TrimStart(':', ' '));
                await store.TryWriteStateAsync(name, state with { LastError = fault }, read, cancellationToken);
            }

            return;
        }

        if (state.Running is { } running)
        {
            if (IsAbandoned(running, now))
            {
                LogTakenOver(logger, name, running.Occurrence);
                await ClaimAndRunAsync(client, schedule, read, state, running with { By = _self, RenewedAt = now }, cancellationToken);
            }

            return;
        }

        var after = state.LastOccurrence > state.Since ? state.LastOccurrence.Value : state.Since;
        var due = schedule.Document.Enabled ? schedule.Times.LatestIn(after, now)?.ToUniversalTime() : null;
        if (due is { } missed && schedule.Document.MissedRuns == MissedRuns.Skip && now - missed > Punctual)
        {
            LogLeftOut(logger, name, missed);
            await store.TryWriteStateAsync(name, state with { LastOccurrence = missed }, read, cancellationToken);
        }
        else if (due is { } occurrence)
        {
            await ClaimAndRunAsync(client, schedule, read, state, new PendingRun(occurrence, Manual: false, now, _self, now), cancellationToken);
        }
        else if (state != read?.Content)
        {
            await store.TryWriteStateAsync(name, state, read, cancellationToken);
        }
    }

    /// <summary>Null where somebody else was faster.</summary>
    private async Task<ScheduleRun?> ClaimAndRunAsync(
        DurableTaskClient client,
        Schedule schedule,
        VersionedJson<ScheduleState>? read,
        ScheduleState state,
        PendingRun run,
        CancellationToken cancellationToken)
    {
        if (!await store.TryWriteStateAsync(schedule.Name, state with { Running = run }, read, cancellationToken))
        {
            return null;
        }

        var outcome = await submitter.SubmitAsync(client, schedule, run, RenewAsync, cancellationToken);
        LogRun(logger, schedule.Name, run.Occurrence, outcome.Run.Accepted, outcome.Run.Deduplicated, outcome.Run.Refused);
        await UpdateAsync(
            current => current with
            {
                Running = null,
                LastOccurrence = run.Manual || current.LastOccurrence > run.Occurrence ? current.LastOccurrence : run.Occurrence,
                LastRun = outcome.Run,
                LastError = outcome.Fault,
            });
        return outcome.Run;

        Task RenewAsync() => UpdateAsync(current => current with { Running = run with { RenewedAt = time.GetUtcNow() } });

        // While the run is ours nobody else writes, unless we were taken for dead; then what we submit is submitted by the other as well.
        async Task UpdateAsync(Func<ScheduleState, ScheduleState> change)
        {
            if (await store.ReadStateAsync(schedule.Name, cancellationToken) is { } current && current.Content.Running?.By == _self)
            {
                await store.TryWriteStateAsync(schedule.Name, change(current.Content), current, cancellationToken);
            }
        }
    }

    /// <summary>A version of the document that is new begins when it was written, whatever ran before.</summary>
    private static ScheduleState StateOf(StoredSchedule stored, ScheduleState? known, DateTimeOffset now)
    {
        if (known?.Version == stored.Version)
        {
            return known;
        }

        var since = stored.WrittenAt < now ? stored.WrittenAt : now;
        return (known ?? new ScheduleState { Version = stored.Version, Since = since }) with { Version = stored.Version, Since = since, LastError = null };
    }

    private bool IsAbandoned(PendingRun run, DateTimeOffset now) => now - run.RenewedAt > Patience;

    [LoggerMessage(EventId = 65, Level = LogLevel.Information, Message = "Schedule {Name} ran for {Occurrence}: {Accepted} jobs accepted, {Deduplicated} deduplicated, {Refused} refused.")]
    private static partial void LogRun(ILogger logger, string name, DateTimeOffset occurrence, int accepted, int deduplicated, int refused);

    [LoggerMessage(EventId = 61, Level = LogLevel.Warning, Message = "Schedule {Name} is not in order: {Pointer} {Code}.")]
    private static partial void LogRefused(ILogger logger, string name, string pointer, string code);

    [LoggerMessage(EventId = 62, Level = LogLevel.Warning, Message = "The run of schedule {Name} for {Occurrence} was interrupted; it goes on now.")]
    private static partial void LogTakenOver(ILogger logger, string name, DateTimeOffset occurrence);

    [LoggerMessage(EventId = 63, Level = LogLevel.Information, Message = "Schedule {Name} missed {Occurrence}, which is left out.")]
    private static partial void LogLeftOut(ILogger logger, string name, DateTimeOffset occurrence);

    [LoggerMessage(EventId = 64, Level = LogLevel.Error, Message = "Schedule {Name} could not be looked after.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string name);
}
