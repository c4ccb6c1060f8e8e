using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Workers;
using Orchestration.Protocol;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Intake;

/// <summary>The one way in: every job, whichever trigger brought it, is checked, claimed and started here.</summary>
public sealed partial class JobSubmitter(
    DocumentChecker checker,
    Placement placement,
    ThisWorker self,
    JobStarter starter,
    ClaimStore claims,
    ResultStore results,
    TimeProvider time,
    ILogger<JobSubmitter> logger)
{
    /// <summary>Checks a document, claims its job id and starts its orchestration.</summary>
    /// <param name="client">Starts it.</param>
    /// <param name="incoming">The document as it came.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Submission> SubmitAsync(DurableTaskClient client, IncomingDocument incoming, CancellationToken cancellationToken)
    {
        var reading = checker.Read(incoming);
        if (reading.Document is { } readable && await placement.CheckAsync(readable, cancellationToken) is { Count: > 0 } mismatches)
        {
            reading = reading with { Document = null, Operation = readable.Operation, Violations = mismatches };
        }

        if (reading.Document is not { } document)
        {
            await WriteRefusalAsync(reading, cancellationToken);
            return new Submission.Refused(reading.JobId, reading.Violations);
        }

        var submission = await starter.StartAsync(client, document, incoming.Source, cancellationToken);
        return submission is Submission.Accepted accepted ? accepted with { UnknownMembers = reading.UnknownMembers } : submission;
    }

    /// <summary>
    /// Leaves a failed result for a refused document, so that whoever waits for it is told. The id stays free: a corrected document may
    /// use it. The result of a job that really ran is never touched.
    /// </summary>
    private async Task WriteRefusalAsync(JobDocumentReading reading, CancellationToken cancellationToken)
    {
        var violations = reading.Violations;
        LogRefused(logger, reading.JobId, violations.Count, violations[0].Pointer, violations[0].Code);
        var now = time.GetUtcNow();
        if (reading.JobId is not { } jobId || !await claims.TryNoteRefusalAsync(jobId, now, cancellationToken))
        {
            return;
        }

        var details = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            ["violations"] = JsonSerializer.SerializeToElement(violations, ProtocolJson.Options),
        };
        var result = new JobResult
        {
            JobId = jobId,
            Operation = reading.Operation ?? "",
            Status = JobStateMachine.WireName(JobState.Failed),
            FailedAt = now,
            WorkerId = self.Id,
            ExecutionSummary = new ExecutionSummary(now, 0, 1, null),
            Error = JobError.Create(violations[0].Code, Violation.Summarize(violations), Phases.Validation, details),
        };
        await results.WriteResultAsync(result, cancellationToken);
    }

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "A document (job {JobId}) was refused with {Count} violations; the first: {Pointer} {Code}.")]
    private static partial void LogRefused(ILogger logger, string? jobId, int count, string pointer, string code);
}
