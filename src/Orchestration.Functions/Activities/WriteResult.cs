using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Storage;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Activities;

/// <summary>
/// Makes the result from the checkpoints and writes it, artifacts first. May run twice after a crash: it writes the same again.
/// </summary>
public sealed class WriteResult(
    ClaimStore claims, OperationRegistry operations, CheckpointStore checkpoints, ResultStore results, TimeProvider time)
{
    [Function(nameof(WriteResult))]
    public async Task<ResultOutcome> RunAsync([ActivityTrigger] ResultRequest request, CancellationToken cancellationToken)
    {
        var claim = await claims.ReadAsync(request.JobId, cancellationToken);
        var operation = claim is null ? null : operations.Find(claim.Document.Operation);
        var error = request.Error;

        OperationResult? assembled = null;
        IReadOnlyList<string> artifacts = [];
        JobMetrics? metrics = null;
        if (claim is not null && operation is not null)
        {
            var context = new StepContext(request.JobId, request.Attempt, Step: "", claim.Document.Payload.Data, checkpoints);
            if (error is null)
            {
                assembled = await operation.AssembleAsync(context, cancellationToken);
                artifacts = await WriteArtifactsAsync(request.JobId, assembled.Artifacts, cancellationToken);
                error = assembled.Error;
            }

            metrics = await AddUpAsync(operation.Plan(context.Data), request, cancellationToken);
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
                WorkerId = Environment.MachineName,
                ExecutionSummary = new ExecutionSummary(
                    request.StartedAt,
                    Math.Round((now - request.StartedAt).TotalSeconds, 3),
                    request.Attempt,
                    claim?.Document.Execution.IdempotencyKey),
                Outputs = artifacts.Count > 0 ? new JobOutputs(artifacts[0], artifacts) : null,
                Metrics = metrics,
                Error = error,
                Observability = claim?.Document.Observability,
                Data = assembled?.Data,
            },
            cancellationToken);
        return new ResultOutcome(error);
    }

    private async Task<IReadOnlyList<string>> WriteArtifactsAsync(
        string jobId, IReadOnlyList<Artifact> artifacts, CancellationToken cancellationToken)
    {
        var written = new List<string>();
        foreach (var artifact in artifacts)
        {
            written.Add(await results.WriteArtifactAsync(jobId, artifact.Name, artifact.Content, artifact.MediaType, cancellationToken));
        }

        return written;
    }

    private async Task<JobMetrics> AddUpAsync(JobPlan plan, ResultRequest request, CancellationToken cancellationToken)
    {
        var steps = new List<StepMetrics>();
        foreach (var step in plan.Stages.SelectMany(stage => stage.Steps))
        {
            if (await checkpoints.FindAsync(request.JobId, request.Attempt, step.Id, cancellationToken) is { } checkpoint)
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
        };
    }

    private static long? Sum(List<StepMetrics> steps, Func<StepMetrics, long?> value) =>
        steps.Exists(step => value(step) is not null) ? steps.Sum(value) : null;
}
