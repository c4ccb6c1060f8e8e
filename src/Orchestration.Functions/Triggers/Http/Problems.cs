using Microsoft.AspNetCore.Http;
using Orchestration.Functions.Intake;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>What the HTTP functions answer when they cannot give what was asked for: problem details (RFC 9457) with a code.</summary>
public static class Problems
{
    public static IResult Refused(Submission.Refused refused) => Answer(
        refused.Violations[0].Code switch
        {
            ErrorCodes.ResourceLimit => StatusCodes.Status413PayloadTooLarge,
            ErrorCodes.NamespaceNotAllowed => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        },
        refused.Violations[0].Code,
        "The job document was refused.",
        Violation.Summarize(refused.Violations),
        refused.JobId,
        refused.Violations);

    public static IResult DuplicateJob(string jobId) => Answer(
        StatusCodes.Status409Conflict,
        ErrorCodes.DuplicateJob,
        "The job id is taken.",
        $"A job '{jobId}' was submitted before; see {JobLinks.PathTo(jobId)}. A new job needs an id of its own.",
        jobId);

    public static IResult KeyConflict(string jobId, string holderId) => Answer(
        StatusCodes.Status409Conflict,
        ErrorCodes.IdempotencyConflict,
        "The idempotency key stands for another job.",
        $"In this namespace and operation, the key stands for job '{holderId}', which has another payload; see {JobLinks.PathTo(holderId)}.",
        jobId);

    public static IResult UnknownSchedule(string name) => Answer(
        StatusCodes.Status404NotFound, ServiceProblem.ScheduleNotFound, "There is no such schedule.", $"No schedule is called '{Shorten(name)}'.");

    public static IResult RefusedSchedule(IReadOnlyList<Violation> violations) => Answer(
        StatusCodes.Status400BadRequest, violations[0].Code, "The schedule was refused.", Violation.Summarize(violations), violations: violations);

    public static IResult ScheduleIsRunning(string name) => Answer(
        StatusCodes.Status409Conflict,
        ServiceProblem.ScheduleRunning,
        "The schedule is running.",
        $"A run of schedule '{name}' is under way; see /schedules/{name}.");

    public static IResult EmptyBatch() => Answer(
        StatusCodes.Status400BadRequest, ErrorCodes.InvalidJson, "The batch is empty.", "Expected a JSON array or JSON lines of job documents, found none.");

    public static IResult BatchTooLarge(long maximum) => Answer(
        StatusCodes.Status413PayloadTooLarge,
        ErrorCodes.ResourceLimit,
        "The batch is too large.",
        $"Expected at most {maximum} bytes. Where it was sent without a length, the documents at its beginning may have been accepted.");

    public static IResult UnknownPath(string path) => Answer(
        StatusCodes.Status404NotFound, ServiceProblem.PathNotFound, "There is no such path.", $"Nothing is served at '{Shorten(path)}'; see /openapi.json.");

    public static IResult WrongMethod(string method, IEnumerable<string> allowed) => Answer(
        StatusCodes.Status405MethodNotAllowed,
        ServiceProblem.MethodNotAllowed,
        "The path does not take this method.",
        $"Expected {string.Join(" or ", allowed)}, found {Shorten(method)}.");

    /// <summary>Gives an answer that rests on the storage, or says that the storage does not answer.</summary>
    public static async Task<IResult> UnlessStorageIsOutAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (Exception exception) when (StorageAccounts.IsOutage(exception))
        {
            return StorageIsOut();
        }
        catch (BadHttpRequestException exception)
        {
            // Its body ended early, came too slowly, is too large, or is no body at all.
            return Answer(
                exception.StatusCode,
                exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorCodes.ResourceLimit : ServiceProblem.RequestBroken,
                "The request could not be read.",
                exception.Message);
        }
    }

    public static IResult StorageIsOut() => Answer(
        StatusCodes.Status503ServiceUnavailable, ServiceProblem.StorageUnavailable, "The storage does not answer.", "Nothing is lost: try again in a while.");

    public static IResult Unauthorized() => Answer(
        StatusCodes.Status401Unauthorized,
        ServiceProblem.Unauthorized,
        "A key is required.",
        "Expected a key that is known in the header x-functions-key or x-access-key, or in the query parameter code.");

    public static IResult Forbidden(string detail) => Answer(
        StatusCodes.Status403Forbidden, ServiceProblem.Forbidden, "The key does not open this.", detail);

    public static IResult UnknownJob(string jobId) => Answer(
        StatusCodes.Status404NotFound, ServiceProblem.JobNotFound, "There is no such job.", $"No job '{Shorten(jobId)}' was submitted.");

    public static IResult UnknownArtifact(string jobId, string name) => Answer(
        StatusCodes.Status404NotFound,
        ServiceProblem.ArtifactNotFound,
        "There is no such artifact.",
        $"The result of job '{Shorten(jobId)}' names no artifact '{Shorten(name)}'.");

    /// <summary>For a job whose orchestration was ended from outside, before it could write a result.</summary>
    public static IResult NoResult(JobView job) => Answer(
        StatusCodes.Status404NotFound,
        ServiceProblem.JobHasNoResult,
        "The job ended without a result.",
        $"Job '{job.JobId}' is {job.Status}: {job.Error?.Message}",
        job.JobId);

    public static IResult NotFinished(string jobId, JobState state) => Answer(
        StatusCodes.Status409Conflict,
        ServiceProblem.JobNotFinished,
        "The job has no result yet.",
        $"Job '{jobId}' is {JobStateMachine.WireName(state)}; its result will be at {JobLinks.ResultOf(jobId)}.",
        jobId);

    /// <summary>For a member of the query that is not what it should be.</summary>
    public static IResult BadQuery(string name, string expected, string? found) => Answer(
        StatusCodes.Status400BadRequest,
        ErrorCodes.InvalidField,
        "The query was refused.",
        $"Expected '{name}' to be {expected}; found '{Shorten(found ?? "")}'.");

    /// <summary>For what can only be asked of a job that is still at work.</summary>
    public static IResult Ended(string jobId, JobState state) => Answer(
        StatusCodes.Status409Conflict,
        ServiceProblem.JobEnded,
        "The job has ended.",
        $"Job '{jobId}' is {JobStateMachine.WireName(state)}; its result is at {JobLinks.ResultOf(jobId)}.",
        jobId);

    public static IResult NotADeadLetter(string jobId, JobState state) => Answer(
        StatusCodes.Status409Conflict,
        ServiceProblem.JobNotDeadLettered,
        "The job is no dead letter.",
        $"Job '{jobId}' is {JobStateMachine.WireName(state)}; only a job whose several attempts were used up can be queued again.",
        jobId);

    public static IResult NotCancellable(string jobId) => Answer(
        StatusCodes.Status409Conflict,
        ServiceProblem.JobNotCancellable,
        "The job must not be cancelled.",
        $"The document of job '{jobId}' says 'cancellable: false' in its member 'execution'.",
        jobId);

    private static IResult Answer(
        int status, string code, string title, string detail, string? jobId = null, IReadOnlyList<Violation>? violations = null) =>
        Results.Json(
            new ServiceProblem(title, status, detail, code, jobId, violations),
            ProtocolJson.Indented,
            "application/problem+json",
            status);

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100];
}
