using System.Globalization;
using Orchestration.EmbeddedRuntime.Engine.Dispatch;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Engine.Diagnosis;

/// <summary>Puts into words what keeps an instance from moving on.</summary>
internal static class StallReasons
{
    /// <param name="diagnosis">All but the reasons.</param>
    /// <param name="state">What the replay showed; null: there was none.</param>
    /// <param name="mailbox">How the mailbox stands; null: nothing goes on in it.</param>
    /// <param name="hasWorker">Whether a worker runs.</param>
    /// <param name="now">The time, in UTC.</param>
    public static IReadOnlyList<StallReason> Of(
        InstanceDiagnosis diagnosis,
        ExecutionState? state,
        MailboxState? mailbox,
        bool hasWorker,
        DateTime now)
    {
        if (new InstanceHandle(0, diagnosis.RuntimeStatus).IsTerminal)
        {
            return [new(StallCode.Ended, $"It has ended: {diagnosis.RuntimeStatus}.")];
        }

        StallReason[] reasons =
        [
            .. OfTheEngine(diagnosis, mailbox, hasWorker, now),
            .. OfTheCode(state),
            .. OfTheOrchestration(diagnosis, now),
        ];
        return reasons.Length > 0
            ? reasons
            : [new(StallCode.TurnQueued, "Nothing holds it: its next turn is about to begin.")];
    }

    private static IEnumerable<StallReason> OfTheEngine(InstanceDiagnosis diagnosis, MailboxState? mailbox, bool hasWorker, DateTime now)
    {
        if (!hasWorker)
        {
            yield return new(StallCode.NoWorker, "No worker runs in this process: turns and activities wait for one.");
        }

        if (mailbox?.Failure is { } failure)
        {
            yield return new(
                StallCode.TurnFailed,
                $"Its last turn could not be run or stored ({failure.Count} in a row; next attempt "
                + $"{(failure.NextAttempt is { } next ? At(next) : "when it is terminated or another build runs")}): "
                + failure.Exception.Message);
        }

        if (diagnosis.TurnRunningSince is { } since)
        {
            yield return new(StallCode.TurnRunning, $"A turn has been running, or waiting to be stored, for {For(now - since)}.");
        }
        else if (mailbox is { IsReady: true })
        {
            yield return new(StallCode.TurnQueued, $"{diagnosis.WaitingMessages} message(s) wait for a free place to run a turn.");
        }

        if (diagnosis.StartsAt is { } startsAt && startsAt > now)
        {
            yield return new(StallCode.ScheduledStart, $"It was scheduled to start {At(startsAt)}.");
        }
    }

    private static IEnumerable<StallReason> OfTheCode(ExecutionState? state)
    {
        if (state?.Refusal is { } refusal)
        {
            StallCode code = state.IsRejected ? StallCode.VersionRejected : StallCode.OrchestratorMissing;
            yield return new(code, refusal.ErrorMessage);
        }

        if (state?.Divergence is { } divergence)
        {
            yield return new(StallCode.CodeChanged, divergence.Message);
        }
    }

    private static IEnumerable<StallReason> OfTheOrchestration(InstanceDiagnosis diagnosis, DateTime now)
    {
        if (diagnosis.Suspension is { } suspension)
        {
            string reason = string.IsNullOrEmpty(suspension.Reason) ? string.Empty : $": {suspension.Reason}";
            yield return new(StallCode.Suspended, $"It was suspended {At(suspension.Since)}{reason}.");
        }

        foreach (ActivityDiagnosis activity in diagnosis.Activities)
        {
            string attempt = activity.Attempt > 1 ? $" (attempt {activity.Attempt})" : string.Empty;
            string limit = activity.Limit is { } most ? $" (at most {most} at once)" : string.Empty;
            string doing = activity.StartedAt is { } startedAt
                ? $"has been running for {For(now - startedAt)}"
                : $"has been waiting for a free place{limit} for {For(now - activity.ScheduledAt)}";
            string heartbeat = activity.LastHeartbeat is { } last
                ? $"; its last heartbeat came {For(now - last.At)} ago{(last.Progress is null ? string.Empty : $": {last.Progress}")}"
                : string.Empty;
            yield return new(StallCode.Activity, $"The activity '{activity.Name}'{attempt} {doing}{heartbeat}.");
        }

        foreach (SubOrchestrationDiagnosis child in diagnosis.SubOrchestrations)
        {
            string status = child.RuntimeStatus?.ToString() ?? "purged and will not answer";
            yield return new(StallCode.SubOrchestration, $"The sub-orchestration '{child.Name}' with the id '{child.InstanceId}' is {status}.");
        }

        foreach (EntityDiagnosis entity in diagnosis.Entities)
        {
            string wants = entity.Operation is { } operation ? $"the operation '{operation}' of" : "a lock on";
            string locked = entity.LockedBy is not { } owner ? string.Empty
                : owner == diagnosis.InstanceId ? ", which it has locked" : $", which '{owner}' has locked";
            yield return new(
                StallCode.Entity,
                $"It waits for {wants} the entity '{entity.EntityId}'{locked}; {entity.WaitingMessages} message(s) wait there.");
        }

        foreach (string name in diagnosis.AwaitedEvents)
        {
            yield return new(StallCode.ExternalEvent, $"It waits for the external event '{name}'.");
        }

        foreach (TimerDiagnosis timer in diagnosis.Timers)
        {
            yield return new(StallCode.Timer, $"A timer fires {At(timer.DueAt)}.");
        }
    }

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("'at' yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string For(TimeSpan time) => time < TimeSpan.FromMinutes(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s")
        : time.ToString(time < TimeSpan.FromDays(1) ? @"hh\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
}
