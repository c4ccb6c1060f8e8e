using Microsoft.DurableTask.Client;
using Orchestration.Functions.Index;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Events;

/// <summary>
/// What happens to one job, looked for by one loop for all who follow it: soon after something happened, and ever less often while nothing
/// does. A look asks for the job's state and for what was added to its log.
/// </summary>
internal sealed class JobTail(EventLog log, JobViews views, TimeProvider time, DurableTaskClient client, string jobId)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Those who follow it now.</summary>
    public int Followers { get; set; }

    /// <summary>What is known; replaced whenever more is.</summary>
    public JobNews News { get; private set; } = new([], Ended: false);

    /// <summary>The events of a job that has a log or none.</summary>
    /// <param name="job">Seen before the log was read.</param>
    /// <param name="logged">What the log says; null for none.</param>
    public static IReadOnlyList<ProgressEvent> Compose(JobView job, IReadOnlyList<ProgressEvent>? logged)
    {
        if (logged is null)
        {
            return FromTrail(job.JobId, job.AuditTrail);
        }

        // An orchestration that was terminated from outside could not log its end.
        return JobStateMachine.IsTerminal(job.State) && !logged.Any(happened => happened.ReadState() is { } state && JobStateMachine.IsTerminal(state))
            ? [.. logged, ProgressEvent.For(job.JobId, job.AuditTrail[^1]) with { Sequence = logged.Count }]
            : logged;
    }

    /// <summary>Looks until the job has ended or is not followed any more. What goes wrong is told to the followers.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reader = await log.OpenAsync(jobId, cancellationToken);
            for (var pause = ShortestPause; !News.Ended; pause = pause < LongestPause ? 2 * pause : pause)
            {
                // The state first: what is logged after it is not missed, and a job that has ended has logged everything.
                var instance = await client.GetInstanceAsync(jobId, getInputsAndOutputs: true, cancellationToken);
                var ended = instance is null or { IsCompleted: true };
                await reader.ReadAsync(cancellationToken);
                var events = ended && await views.FindAsync(client, jobId, cancellationToken) is { } job ? Compose(job, reader.Events)
                    : reader.Events ?? FromTrail(jobId, JobViews.ReadStatus(instance)?.AuditTrail ?? []);
                if (ended || events.Count != News.Events.Count)
                {
                    var before = News;
                    News = new JobNews([.. events], ended);
                    before.Passed.SetResult();
                    pause = ShortestPause;
                }

                if (!ended)
                {
                    await Task.Delay(pause, time, cancellationToken);
                }
            }
        }
#pragma warning disable CA1031 // Whoever follows the job is told, and nobody else waits for this.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            News.Passed.TrySetException(exception);
        }
    }

    private static IReadOnlyList<ProgressEvent> FromTrail(string jobId, IReadOnlyList<StateChange> trail) =>
        [.. trail.Select((change, index) => ProgressEvent.For(jobId, change) with { Sequence = index })];
}

/// <param name="Events">All events so far, in order.</param>
/// <param name="Ended">Whether no more will come.</param>
internal sealed record JobNews(IReadOnlyList<ProgressEvent> Events, bool Ended)
{
    /// <summary>Ends when there is newer news, or fails when none will come.</summary>
    public TaskCompletionSource Passed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
