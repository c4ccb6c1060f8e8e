using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Events;
using Orchestration.Functions.Index;
using Orchestration.Functions.Observability;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Workers;
using Orchestration.Protocol;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Activities;

/// <summary>
/// Makes the result from the checkpoints and writes it, artifacts first. May run twice after a crash: it writes the same again.
/// </summary>
public sealed class WriteResult(
    ClaimStore claims,
    OperationRegistry operations,
    CheckpointStore checkpoints,
    ArtifactStore store,
    ResultStore results,
    EventLog events,
    JobIndex index,
    ThisWorker self,
    JobMeters meters,
    TimeProvider time)
{
    [Function(nameof(WriteResult))]
    public async Task<ResultOutcome> RunAsync([ActivityTrigger] ResultRequest request, CancellationToken cancellationToken)
    {
        var claim = await claims.ReadStartedAsync(request.JobId, cancellationToken);
        var operation = claim is null ? null : operations.Find(claim.Document.Operation);
        var error = request.Error;

        OperationResult? assembled = null;
        IReadOnlyList<string> artifacts = [];
        JobMetrics? metrics = null;
        if (claim is not null && operation is not null)
        {
            var context = new StepContext(request.JobId, request.Attempt, Step: "", claim.Document.Payload.Data, checkpoints)
            {
                Carried = request.Carried,
            };
            if (error is null)
            {
                assembled = await operation.AssembleAsync(context, cancellationToken);
                artifacts = await store.WriteAsync(request.JobId, assembled.Artifacts, OutputOptions.Read(context.Data), cancellationToken);
                error = assembled.Error;
            }

            metrics = PlanOf(operation, context.Data) is { } plan ? await AddUpAsync(plan, context, cancellationToken) : null;
        }

        var now = time.GetUtcNow();
        await results.WriteResultAsync(
            new JobResult
            {
                JobId = request.JobId,
                Operation = claim?.Document.Operation ?? "",
                Status = JobStateMachine.WireName(JobStateMachine.FinalStateFor(error)),
                CompletedAt = error is null ? now : null,
                FailedAt = error is null ? null : now,
                WorkerId = self.Id,
                ExecutionSummary = new ExecutionSummary(
                    request.StartedAt,
                    Math.Round((now - request.StartedAt).TotalSeconds, 3),
                    request.Attempt,
                    claim?.Document.Execution.IdempotencyKey),
                Outputs = artifacts.Count > 0 ? new JobOutputs(artifacts[0], artifacts) : null,
                Metrics = metrics,
                Error = error,
                Observability = JobTrace.ForResult(request.JobId, request.Attempt, claim?.Document.Observability),
                Data = assembled?.Data,
            },
            cancellationToken);
        await LogEndAsync(request, error, now, cancellationToken);
        meters.JobEnded(operation?.Name ?? "unknown", JobStateMachine.WireName(JobStateMachine.FinalStateFor(error)), now - request.StartedAt);
        return new ResultOutcome(error);
    }

    /// <summary>The last events of a job and its end on the list come with its result, so that whoever follows them finds it.</summary>
    private async Task LogEndAsync(ResultRequest request, JobError? error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var end = request.AttemptsUsedUp ? JobState.DeadLettered : JobStateMachine.FinalStateFor(error);
        if (request.IndexSegment is { } segment)
        {
            await index.AddAsync(segment, new IndexLine(request.JobId, State: end, EndedAt: now), cancellationToken);
        }

        if (request.Unlogged is { } unlogged)
        {
            var changes = unlogged with { Changes = [.. unlogged.Changes, new StateChange(end, now, error?.Code)] };
            await events.AppendAsync(request.JobId, changes.ToEvents(), isProgress: false, cancellationToken);
        }
    }

    /// <summary>
    /// The plan that the job had; null for a payload that an older version accepted and this one refuses, which has none: the failure is what
    /// the result is to say then.
    /// </summary>
    private static JobPlan? PlanOf(IOperation operation, JsonElement data)
    {
        var violations = new List<Violation>();
        operation.Validate(data, "", violations);
        return violations.Count == 0 ? operation.Plan(data) : null;
    }

    private static async Task<JobMetrics> AddUpAsync(JobPlan plan, StepContext context, CancellationToken cancellationToken)
    {
        var steps = new List<StepMetrics>();
        foreach (var step in plan.Stages.SelectMany(stage => stage.Steps))
        {
            if (await context.FindAsync(step.Id, cancellationToken) is { } checkpoint)
            {
                steps.Add(checkpoint.Metrics);
            }
        }

        return new JobMetrics
        {
            DiskReadBytes = Sum(steps, step => step.DiskReadBytes),
            ImageSizeBytes = steps.Max(step => step.ImageSizeBytes),
            Requests = Sum(steps, step => step.Requests),
            Waves = Sum(steps, step => step.Waves),
            StepSeconds = Math.Round(steps.Sum(step => step.Seconds), 3),
            CpuSeconds = steps.Exists(step => step.CpuSeconds is not null) ? Math.Round(steps.Sum(step => step.CpuSeconds ?? 0), 3) : null,
            PeakMemoryMb = steps.Max(step => step.PeakMemoryMb) is { } peak ? Math.Round(peak, 1) : null,
        };
    }

    private static long? Sum(List<StepMetrics> steps, Func<StepMetrics, long?> value) =>
        steps.Exists(step => value(step) is not null) ? steps.Sum(value) : null;
}
