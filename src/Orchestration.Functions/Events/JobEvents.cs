using System.Runtime.CompilerServices;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Index;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Events;

/// <summary>
/// The events of jobs, for those who ask. A job that logs nothing (it has only light steps, or has not begun) has its changes of state as
/// events; they are the first ones of every log too, so nobody's place in the sequence is lost when the log begins. Safe for concurrent use.
/// </summary>
public sealed class JobEvents(EventLog log, JobViews views, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (JobTail Tail, CancellationTokenSource Stop)> _tails = new(StringComparer.Ordinal);

    /// <summary>The events of a job from a place on; null where there is no such job.</summary>
    public async Task<JobEventPage?> ReadAsync(DurableTaskClient client, string jobId, long since, CancellationToken cancellationToken)
    {
        // The view first: what is logged after it is not missed, and a job that has ended has logged everything.
        if (await views.FindAsync(client, jobId, cancellationToken) is not { } job)
        {
            return null;
        }

        var events = JobTail.Compose(job, await log.ReadAsync(jobId, cancellationToken));
        return new JobEventPage([.. events.SkipWhile(happened => happened.Sequence < since)], JobStateMachine.IsTerminal(job.State));
    }

    /// <summary>The events of a job from a place on, as they happen, until it has ended. All who follow a job share what it costs.</summary>
    public async IAsyncEnumerable<ProgressEvent> FollowAsync(
        DurableTaskClient client, string jobId, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tail = Enter(client, jobId);
        try
        {
            while (true)
            {
                var news = tail.News;
                foreach (var happened in news.Events.SkipWhile(happened => happened.Sequence < since))
                {
                    yield return happened;
                    since = happened.Sequence + 1;
                }

                if (news.Ended)
                {
                    yield break;
                }

                await news.Passed.Task.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Leave(jobId, tail);
        }
    }

    private JobTail Enter(DurableTaskClient client, string jobId)
    {
        lock (_gate)
        {
            if (!_tails.TryGetValue(jobId, out var entry))
            {
                // The source has no timer, so nothing is left behind when it is not disposed; disposing could race with the loop.
                _tails[jobId] = entry = (new JobTail(log, views, time, client, jobId), new CancellationTokenSource());
                _ = RunAsync(jobId, entry.Tail, entry.Stop.Token);
            }

            entry.Tail.Followers++;
            return entry.Tail;
        }
    }

    private async Task RunAsync(string jobId, JobTail tail, CancellationToken stop)
    {
        // Off the caller's thread, which holds the lock.
        await Task.Yield();
        await tail.RunAsync(stop);
        Forget(jobId, tail);
    }

    private void Leave(string jobId, JobTail tail)
    {
        lock (_gate)
        {
            if (--tail.Followers == 0 && _tails.TryGetValue(jobId, out var entry) && entry.Tail == tail)
            {
                _tails.Remove(jobId);
                entry.Stop.Cancel();
            }
        }
    }

    /// <summary>A tail that has ended has nothing for those who come later: a dead letter may run again.</summary>
    private void Forget(string jobId, JobTail tail)
    {
        lock (_gate)
        {
            if (_tails.TryGetValue(jobId, out var entry) && entry.Tail == tail)
            {
                _tails.Remove(jobId);
            }
        }
    }
}

/// <param name="Events">In order.</param>
/// <param name="Ended">Whether no more will come.</param>
public sealed record JobEventPage(IReadOnlyList<ProgressEvent> Events, bool Ended);
