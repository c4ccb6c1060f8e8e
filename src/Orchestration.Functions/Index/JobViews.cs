using System.Text.Json;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Webhooks;
using Orchestration.Protocol;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Index;

/// <summary>Puts together what is known of a job from its claim, its orchestration and its result.</summary>
public sealed class JobViews(ClaimStore claims, ResultStore results, WebhookRecords webhooks, TimeProvider time)
{
    /// <summary>The view of a job; null where none of that id was ever submitted.</summary>
    public async Task<JobView?> FindAsync(DurableTaskClient client, string jobId, CancellationToken cancellationToken)
    {
        if (!JobDocumentReader.IsJobId(jobId))
        {
            return null;
        }

        var claim = await claims.ReadAsync(jobId, cancellationToken);
        var instance = claim is null ? null : await client.GetInstanceAsync(jobId, getInputsAndOutputs: true, cancellationToken);
        var status = ReadStatus(instance);
        var ended = status is null || instance?.IsCompleted is true;
        var result = ended ? await results.ReadResultAsync(jobId, cancellationToken) : null;
        var view = (claim, status, result) switch
        {
            (null, _, null) => null,
            (_, { } known, _) => View(jobId, WithAbruptEnd(known, instance), claim, instance, result),
            (_, null, { } finished) => View(jobId, FromResult(finished), claim, instance, finished),
            ({ } waiting, null, null) => View(jobId, JobStatus.Create(waiting.SubmittedAt), claim, instance, null),
        };
        return view is { Job.Notifications.Webhooks: { Count: > 0 } receivers }
            ? view with { Webhooks = await webhooks.ReadAllAsync(jobId, receivers.Count, cancellationToken) }
            : view;
    }

    private JobView View(string jobId, JobStatus status, JobClaim? claim, OrchestrationMetadata? instance, JobResult? result) => new()
    {
        JobId = jobId,
        Operation = claim?.Document.Operation ?? result?.Operation,
        Status = JobStateMachine.WireName(status.State),
        State = status.State,
        Phase = status.Phase,
        Percent = status.Percent,
        Attempt = status.Attempt,
        Message = status.Message,
        Error = status.Error,
        Waiting = status.Waiting,
        SubmittedAt = claim?.SubmittedAt,
        UpdatedAt = instance?.LastUpdatedAt,
        AuditTrail = status.AuditTrail,
        SecondsInState = status.DurationsAt(time.GetUtcNow()),
        Links = JobLinks.For(jobId, result?.Outputs?.Artifacts),
        Job = claim?.Document,
    };

    /// <summary>What an orchestration says of its job; null where it has not said anything yet.</summary>
    public static JobStatus? ReadStatus(OrchestrationMetadata? instance) =>
        instance?.SerializedCustomStatus is { } json ? JsonSerializer.Deserialize<JobStatus>(json, ProtocolJson.Options) : null;

    /// <summary>An orchestration that was ended from outside could not say so in its status.</summary>
    private static JobStatus WithAbruptEnd(JobStatus status, OrchestrationMetadata? instance)
    {
        if (instance is null || JobStateMachine.IsTerminal(status.State))
        {
            return status;
        }

        return instance.RuntimeStatus switch
        {
            OrchestrationRuntimeStatus.Terminated => End(JobState.Cancelled, ErrorCodes.Cancelled, "The job was terminated."),
            OrchestrationRuntimeStatus.Failed => End(
                JobState.Failed, ErrorCodes.ExecutionError, instance.FailureDetails?.ErrorMessage ?? "The orchestration failed."),
            _ => status,
        };

        JobStatus End(JobState state, string code, string message) => status with
        {
            State = state,
            Message = message,
            Error = JobError.Create(code, message, status.Phase),
            AuditTrail = [.. status.AuditTrail, new StateChange(state, instance.LastUpdatedAt, code)],
        };
    }

    /// <summary>For documents that were refused, and for jobs whose orchestration was purged: the result is all that is left.</summary>
    private static JobStatus FromResult(JobResult result)
    {
        var state = JobStateMachine.FinalStateFor(result.Error);
        return new JobStatus
        {
            State = state,
            Phase = result.Error?.Phase ?? Phases.Cleanup,
            Percent = state == JobState.Completed ? 100 : 0,
            Attempt = result.ExecutionSummary.Attempt,
            Message = result.Error?.Message,
            Error = result.Error,
            AuditTrail = [new StateChange(state, result.CompletedAt ?? result.FailedAt ?? result.ExecutionSummary.StartedAt, result.Error?.Code)],
        };
    }
}
