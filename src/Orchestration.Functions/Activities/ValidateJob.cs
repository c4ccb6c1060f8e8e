using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Index;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Turns;
using Orchestration.Protocol;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Activities;

/// <summary>
/// Checks the claimed document against the operations of the app that runs it, which may be another version than the one that accepted
/// it, plans the job and puts it on the list of all jobs.
/// </summary>
public sealed class ValidateJob(ClaimStore claims, OperationRegistry operations, JobIndex index, IOptions<TurnOptions> turns)
{
    [Function(nameof(ValidateJob))]
    public async Task<Validation> RunAsync([ActivityTrigger] ValidationRequest request, CancellationToken cancellationToken)
    {
        var claim = await claims.ReadStartedAsync(request.JobId, cancellationToken);
        if (claim is null)
        {
            return Refuse(ErrorCodes.ExecutionError, $"The document of job {request.JobId} is gone from the container '{Containers.State}'.");
        }

        if (request.IndexSegment is { } segment)
        {
            var job = IndexedJob.For(claim.Document, claim.SubmittedAt);
            await index.AddAsync(segment, new IndexLine(request.JobId, job), cancellationToken);
        }

        var document = claim.Document;
        if (operations.Find(document.Operation) is not { } operation)
        {
            return Refuse(ErrorCodes.UnsupportedOperation, $"This app has no operation '{document.Operation}'.");
        }

        var violations = new List<Violation>();
        operation.Validate(document.Payload.Data, "/payload/data", violations);
        if (violations.Count > 0)
        {
            return Refuse(violations[0].Code, $"{violations[0].Pointer}: {violations[0].Message}");
        }

        var plan = operation.Plan(document.Payload.Data);
        return new Validation(plan, null, plan.IsLight() ? null : turns.Value.MaximumConcurrent);
    }

    private static Validation Refuse(string code, string message) => new(null, JobError.Create(code, message, Phases.Validation));
}
