using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Orchestration.Functions.Control;
using Orchestration.Functions.Events;
using Orchestration.Functions.Observability;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Turns;
using Orchestration.Functions.Workers;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Activities;

/// <summary>
/// Runs one step and leaves its output as a checkpoint. A step that has a checkpoint of the same job, attempt and input is not run again.
/// Failures that cannot get better are the outcome; all others are thrown, for the orchestrator's retry policy.
/// </summary>
public sealed partial class RunStep(
    ClaimStore claims,
    OperationRegistry operations,
    CheckpointStore checkpoints,
    Placement placement,
    ThisWorker self,
    StepMeter meter,
    CancellationWatcher cancellations,
    EventLog events,
    StepSlots slots,
    JobMeters metrics,
    TimeProvider time,
    ILogger<RunStep> logger)
{
    private const int MostCarriedCharacters = 4096;

    [Function(nameof(RunStep))]
    public async Task<StepOutcome> RunAsync([ActivityTrigger] StepRequest request, FunctionContext functionContext)
    {
        var remaining = request.EndsAt - time.GetUtcNow();
        if (remaining <= TimeSpan.Zero)
        {
            return TimedOut(request);
        }

        using var active = metrics.BeginStep(request.JobId);
        using var timeLimit = new CancellationTokenSource(remaining, time);
        using var watch = cancellations.Begin(request.JobId);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(timeLimit.Token, watch.Token, functionContext.CancellationToken);
        try
        {
            using var slot = request.Light ? null : await slots.EnterAsync(cancellation.Token);
            return new StepOutcome(Error: null, await RunAsync(request, cancellation.Token));
        }
        catch (WorkerMismatchException exception)
        {
            return new StepOutcome(Error: null, Refusal: exception.Message);
        }
        catch (OperationCanceledException) when (watch.Token.IsCancellationRequested)
        {
            return new StepOutcome(JobError.Create(ErrorCodes.Cancelled, $"The job was cancelled in step '{request.Step}'.", request.Phase));
        }
        catch (OperationCanceledException) when (timeLimit.IsCancellationRequested)
        {
            return TimedOut(request);
        }
        catch (Exception exception) when (StepFailure.Describe(exception, request.Phase) is { } error)
        {
            LogFailed(logger, exception, request.JobId, request.Step, error.Code);
            return new StepOutcome(error);
        }
    }

    /// <returns>The output, where it is to travel in the orchestration's history; null where it is a checkpoint.</returns>
    private async Task<Checkpoint?> RunAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var claim = await claims.ReadStartedAsync(request.JobId, cancellationToken)
            ?? throw new JobException(ErrorCodes.ExecutionError, $"The document of job {request.JobId} is gone.");
        var operation = operations.Find(claim.Document.Operation)
            ?? throw new JobException(ErrorCodes.UnsupportedOperation, $"This app has no operation '{claim.Document.Operation}'.");

        var inputHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(claim.Document.Payload.Data.GetRawText())));
        if (!request.Light
            && await checkpoints.FindAsync(request.JobId, request.Attempt, request.Step, cancellationToken) is { } earlier
            && earlier.InputHash == inputHash)
        {
            LogReused(logger, request.JobId, request.Step);
            return null;
        }

        placement.RequireHere(claim.Document);
        using var span = JobTrace.Begin($"step {request.Step}", request.JobId, claim.Document.Observability);
        using var measurement = request.Light ? null : meter.Begin();
        var started = time.GetTimestamp();
        await using var progress = request.Light ? null : new StepProgress(events, time, request);
        progress?.Mark($"Step '{request.Step}' has begun.");
        var context = new StepContext(request.JobId, request.Attempt, request.Step, claim.Document.Payload.Data, checkpoints)
        {
            Report = message => progress?.Report(message),
            MaximumDiskBytes = MaximumDiskBytes(claim.Document.Constraints),
        };
        StepOutput? output = null;
        try
        {
            output = await operation.RunStepAsync(context, cancellationToken);
        }
        finally
        {
            metrics.StepEnded(operation.Name, output is not null, time.GetElapsedTime(started), output?.Cost?.ReadBytes ?? 0);
        }

        measurement?.Dispose();
        var cost = new StepMetrics(
            time.GetElapsedTime(started).TotalSeconds,
            output.Cost?.ReadBytes,
            output.Cost?.Requests,
            output.Cost?.Waves,
            output.Cost?.ImageSizeBytes,
            measurement?.Processor.TotalSeconds,
            measurement?.PeakBytes / (double)(1 << 20));
        var checkpoint = new Checkpoint(inputHash, cost, output.Output);
        var carried = request.Light && output.Output.GetRawText().Length <= MostCarriedCharacters;
        if (!carried)
        {
            await checkpoints.WriteAsync(request.JobId, request.Attempt, request.Step, checkpoint, cancellationToken);
        }

        progress?.Mark($"Step '{request.Step}' has ended after {cost.Seconds:F1} seconds.");
        LogDone(logger, request.JobId, request.Step, cost.Seconds);
        return carried ? checkpoint : null;
    }

    /// <summary>The job's limit or the worker's, whichever is less.</summary>
    private long? MaximumDiskBytes(JobConstraints? constraints) =>
        (constraints?.MaximumDiskSizeGb, self.MaximumDiskSizeGb) switch
        {
            (null, null) => null,
            var (job, worker) => Math.Min(job ?? long.MaxValue >> 30, worker ?? long.MaxValue >> 30) << 30,
        };

    private static StepOutcome TimedOut(StepRequest request) => new(JobError.Create(
        ErrorCodes.Timeout, $"The job's time was up at {request.EndsAt:O}, in step '{request.Step}'.", request.Phase));

    [LoggerMessage(EventId = 20, Level = LogLevel.Information, Message = "Job {JobId}: step {Step} took {Seconds:F3} s.")]
    private static partial void LogDone(ILogger logger, string jobId, string step, double seconds);

    [LoggerMessage(EventId = 21, Level = LogLevel.Information, Message = "Job {JobId}: step {Step} has a checkpoint and is not run again.")]
    private static partial void LogReused(ILogger logger, string jobId, string step);

    [LoggerMessage(EventId = 22, Level = LogLevel.Warning, Message = "Job {JobId}: step {Step} failed with {Code}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string jobId, string step, string code);
}
