using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestration.Functions.Events;
using Orchestration.Functions.Index;
using Orchestration.Functions.Orchestrators;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Webhooks;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Control;

/// <summary>Cancels, pauses and resumes jobs, and runs dead letters again.</summary>
public sealed partial class JobController(
    JobViews views,
    CancellationStore cancellations,
    RequeueClaims requeues,
    CancellationWatcher watcher,
    ResultStore results,
    EventLog events,
    JobIndex index,
    WebhookRecords webhooks,
    TimeProvider time,
    ILogger<JobController> logger)
{
    /// <summary>
    /// Asks a job to end. It ends as cancelled, with a result, unless it ends by itself before the request reaches it. Asking twice is asking once.
    /// </summary>
    public async Task<ControlAnswer> CancelAsync(DurableTaskClient client, string jobId, string? by, string? reason, CancellationToken cancellationToken)
    {
        var answer = await FindAsync(client, jobId, cancellationToken);
        if (answer.Outcome != ControlOutcome.Accepted)
        {
            return answer;
        }

        if (answer.Job?.Job?.Execution.Cancellable is false)
        {
            return answer with { Outcome = ControlOutcome.NotCancellable };
        }

        var cancellation = new Cancellation(by, reason, time.GetUtcNow());
        await cancellations.MarkAsync(jobId, cancellation, cancellationToken);
        await RaiseAsync(client, jobId, JobSignals.CancelEvent, cancellation, cancellationToken);
        watcher.Cancel(jobId);
        LogAsked(logger, jobId, "cancel", by, reason);
        return answer;
    }

    /// <summary>Asks a job to wait before its next stage, or to go on.</summary>
    public async Task<ControlAnswer> PauseAsync(DurableTaskClient client, string jobId, bool pause, CancellationToken cancellationToken)
    {
        var answer = await FindAsync(client, jobId, cancellationToken);
        if (answer.Outcome == ControlOutcome.Accepted)
        {
            await RaiseAsync(client, jobId, JobSignals.PauseEvent, pause, cancellationToken);
            LogAsked(logger, jobId, pause ? "pause" : "resume", null, null);
        }

        return answer;
    }

    /// <summary>
    /// Gives a dead letter as many attempts more as it had. Its result and its events make room for those of the new run. Asking twice at one
    /// moment is asking once.
    /// </summary>
    public async Task<ControlAnswer> RequeueAsync(DurableTaskClient client, string jobId, CancellationToken cancellationToken)
    {
        if (await views.FindAsync(client, jobId, cancellationToken) is not { } job)
        {
            return new ControlAnswer(ControlOutcome.UnknownJob, null);
        }

        var instance = await client.GetInstanceAsync(jobId, getInputsAndOutputs: true, cancellationToken);
        if (job.State != JobState.DeadLettered || instance?.ReadInputAs<JobTicket>() is not { } ticket)
        {
            return new ControlAnswer(ControlOutcome.NotADeadLetter, job);
        }

        if (!await requeues.TryClaimAsync(jobId, job.Attempt, cancellationToken))
        {
            return new ControlAnswer(ControlOutcome.Accepted, job);
        }

        await results.RemoveResultAsync(jobId, cancellationToken);
        await events.RemoveAsync(jobId, cancellationToken);
        await cancellations.ClearAsync(jobId, cancellationToken);
        await webhooks.RemoveAllAsync(jobId, job.Job?.Notifications?.Webhooks?.Count ?? 0, cancellationToken);
        if (ticket.IndexSegment is { } segment)
        {
            await index.AddAsync(segment, new IndexLine(jobId), cancellationToken);
        }

        await client.ScheduleNewOrchestrationInstanceAsync(
            nameof(JobOrchestrator), ticket.Renew(job.Attempt), new StartOrchestrationOptions(jobId), cancellationToken);
        LogAsked(logger, jobId, "run again", null, null);
        return new ControlAnswer(ControlOutcome.Accepted, job);
    }

    private async Task<ControlAnswer> FindAsync(DurableTaskClient client, string jobId, CancellationToken cancellationToken) =>
        await views.FindAsync(client, jobId, cancellationToken) switch
        {
            null => new ControlAnswer(ControlOutcome.UnknownJob, null),
            { } job when JobStateMachine.IsTerminal(job.State) => new ControlAnswer(ControlOutcome.Ended, job),
            { } job => new ControlAnswer(ControlOutcome.Accepted, job),
        };

    private static async Task RaiseAsync(
        DurableTaskClient client, string jobId, string eventName, object payload, CancellationToken cancellationToken)
    {
        await client.RaiseEventAsync(jobId, eventName, payload, cancellationToken);

        // An orchestration that was suspended over the durable HTTP API hears nothing until it is resumed.
        if (await client.GetInstanceAsync(jobId, cancellation: cancellationToken) is { RuntimeStatus: OrchestrationRuntimeStatus.Suspended })
        {
            await client.ResumeInstanceAsync(jobId, eventName, cancellationToken);
        }
    }

    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "Job {JobId} was asked to {Command} by {By}: {Reason}")]
    private static partial void LogAsked(ILogger logger, string jobId, string command, string? by, string? reason);
}

/// <param name="Outcome">What came of the request.</param>
/// <param name="Job">The job as it was when the request came; null where there is none.</param>
public sealed record ControlAnswer(ControlOutcome Outcome, JobView? Job);

public enum ControlOutcome
{
    /// <summary>The job was told.</summary>
    Accepted,

    /// <summary>No such job was submitted.</summary>
    UnknownJob,

    /// <summary>The job had ended.</summary>
    Ended,

    /// <summary>The job has not used up its attempts.</summary>
    NotADeadLetter,

    /// <summary>Its document says that it must not be cancelled.</summary>
    NotCancellable,
}
