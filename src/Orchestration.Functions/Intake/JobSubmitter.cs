using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestration.Functions.Index;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Orchestrators;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>The one way in: every job, whichever trigger brought it, is checked, claimed and started here.</summary>
public sealed partial class JobSubmitter(
    OperationRegistry operations,
    ClaimStore claims,
    ResultStore results,
    JobIndex index,
    TimeProvider time,
    ILogger<JobSubmitter> logger)
{
    /// <summary>Checks a document, claims its job id and starts its orchestration.</summary>
    /// <param name="client">Starts it.</param>
    /// <param name="utf8">The document as it came.</param>
    /// <param name="source">The blob and version that carried it; null for HTTP.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Submission> SubmitAsync(
        DurableTaskClient client, ReadOnlyMemory<byte> utf8, string? source, CancellationToken cancellationToken)
    {
        var reading = JobDocumentReader.Read(utf8);
        var violations = reading.Violations.ToList();
        if (reading.Document is { } readable)
        {
            CheckOperation(readable, violations);
        }

        if (reading.Document is not { } document || violations.Count > 0)
        {
            await WriteRefusalAsync(reading, violations, cancellationToken);
            return new Submission.Refused(reading.JobId, violations);
        }

        return await StartAsync(client, document, source, cancellationToken);
    }

    private async Task<Submission> StartAsync(
        DurableTaskClient client, JobDocument document, string? source, CancellationToken cancellationToken)
    {
        var claim = new JobClaim(document, time.GetUtcNow(), source);
        if (await claims.TryClaimAsync(claim, cancellationToken) is { } earlier)
        {
            var redelivered = source is not null && earlier.Source == source;
            var sameDocument = JsonElement.DeepEquals(ToElement(earlier.Document), ToElement(document));
            if (!sameDocument || await HasStartedAsync(client, earlier, cancellationToken))
            {
                return redelivered ? new Submission.Accepted(document.JobId) : new Submission.Duplicate(document.JobId);
            }

            // The process that claimed the id died before it could start the job: whoever brings the document again starts it.
        }

        await results.RemoveResultAsync(document.JobId, cancellationToken);

        await client.ScheduleNewOrchestrationInstanceAsync(
            nameof(JobOrchestrator),
            JobTicket.For(document, index.AssignSegment()),
            new StartOrchestrationOptions(document.JobId),
            cancellationToken);
        LogAccepted(logger, document.JobId, document.Operation);
        return new Submission.Accepted(document.JobId);
    }

    /// <summary>Whether the claimed job runs or ran; of one whose orchestration was purged, the result is what is left.</summary>
    private async Task<bool> HasStartedAsync(DurableTaskClient client, JobClaim claim, CancellationToken cancellationToken)
    {
        if (await client.GetInstanceAsync(claim.Document.JobId, cancellation: cancellationToken) is not null)
        {
            return true;
        }

        // A result from before the claim is of an earlier document that was refused.
        var result = await results.ReadResultAsync(claim.Document.JobId, cancellationToken);
        return result?.ExecutionSummary.StartedAt >= claim.SubmittedAt;
    }

    private void CheckOperation(JobDocument document, List<Violation> violations)
    {
        if (operations.Find(document.Operation) is not { } operation)
        {
            violations.Add(new Violation(
                "/operation", ErrorCodes.UnsupportedOperation, $"Expected one of {string.Join(", ", operations.Names)}; found '{document.Operation}'."));
        }
        else if (document.Payload.Type != $"{document.Operation}.v1")
        {
            violations.Add(new Violation(
                "/payload/type", ErrorCodes.UnsupportedPayloadVersion, $"Expected '{document.Operation}.v1', found '{document.Payload.Type}'."));
        }
        else
        {
            operation.Validate(document.Payload.Data, "/payload/data", violations);
        }
    }

    /// <summary>
    /// Leaves a failed result for a refused document, so that whoever waits for it is told. The id stays free: a corrected document may
    /// use it. The result of a job that really ran is never touched.
    /// </summary>
    private async Task WriteRefusalAsync(JobDocumentReading reading, List<Violation> violations, CancellationToken cancellationToken)
    {
        LogRefused(logger, reading.JobId, violations.Count, violations[0].Pointer, violations[0].Code);
        if (reading.JobId is not { } jobId || await claims.ReadAsync(jobId, cancellationToken) is not null)
        {
            return;
        }

        var now = time.GetUtcNow();
        var details = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            ["violations"] = JsonSerializer.SerializeToElement(violations, ProtocolJson.Options),
        };
        var result = new JobResult
        {
            JobId = jobId,
            Operation = reading.Document?.Operation ?? "",
            Status = JobStateMachine.WireName(JobState.Failed),
            FailedAt = now,
            WorkerId = Environment.MachineName,
            ExecutionSummary = new ExecutionSummary(now, 0, 1, null),
            Error = JobError.Create(violations[0].Code, Violation.Summarize(violations), Phases.Validation, details),
        };
        await results.WriteResultAsync(result, cancellationToken);
    }

    private static JsonElement ToElement(JobDocument document) => JsonSerializer.SerializeToElement(document, ProtocolJson.Options);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Job {JobId} ({Operation}) was accepted.")]
    private static partial void LogAccepted(ILogger logger, string jobId, string operation);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "A document (job {JobId}) was refused with {Count} violations; the first: {Pointer} {Code}.")]
    private static partial void LogRefused(ILogger logger, string? jobId, int count, string pointer, string code);
}
