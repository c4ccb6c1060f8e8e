using System.Runtime.CompilerServices;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Triggers;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Events;

/// <summary>
/// The events of jobs, for those who ask. A job that logs nothing (it has only light steps, or has not begun) has its changes of state as
/// events; they are the first ones of every log too, so nobody's place in the sequence is lost when the log begins.
/// </summary>
public sealed class JobEvents(EventLog log, JobViews views, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The events of a job from a place on; null where there is no such job.</summary>
    public async Task<JobEventPage?> ReadAsync(DurableTaskClient client, string jobId, long since, CancellationToken cancellationToken)
    {
        // The view first: what is logged after it is not missed, and a job that has ended has logged everything.
        if (await views.FindAsync(client, jobId, cancellationToken) is not { } job)
        {
            return null;
        }

        var ended = JobStateMachine.IsTerminal(job.State);
        var events = (await log.ReadAsync(jobId, cancellationToken))?.ToList();
        if (events is null)
        {
            events = [.. job.AuditTrail.Select((change, index) => ProgressEvent.For(jobId, change) with { Sequence = index })];
        }
        else if (ended && !events.Exists(happened => happened.ReadState() is { } state && JobStateMachine.IsTerminal(state)))
        {
            // The orchestration was terminated from outside and could not log its end.
            events.Add(ProgressEvent.For(jobId, job.AuditTrail[^1]) with { Sequence = events.Count });
        }

        return new JobEventPage([.. events.SkipWhile(happened => happened.Sequence < since)], ended);
    }

    /// <summary>The events of a job from a place on, as they happen, until it has ended.</summary>
    public async IAsyncEnumerable<ProgressEvent> FollowAsync(
        DurableTaskClient client, string jobId, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await ReadAsync(client, jobId, since, cancellationToken) is { } page)
        {
            foreach (var happened in page.Events)
            {
                yield return happened;
                since = happened.Sequence + 1;
            }

            if (page.Ended)
            {
                yield break;
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }
}

/// <param name="Events">In order.</param>
/// <param name="Ended">Whether no more will come.</param>
public sealed record JobEventPage(IReadOnlyList<ProgressEvent> Events, bool Ended);
