using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Service;

/// <summary>What the service answers when it cannot give what was asked for: problem details (RFC 9457) with a code.</summary>
/// <param name="Title">The kind of problem.</param>
/// <param name="Status">HTTP status code.</param>
/// <param name="Detail">This occurrence.</param>
/// <param name="Code">For programs: one of <see cref="ErrorCodes"/>, or of the constants here.</param>
/// <param name="JobId">The job concerned.</param>
/// <param name="Violations">Everything that is wrong with a document.</param>
public sealed record ServiceProblem(
    string Title, int Status, string Detail, string Code, string? JobId, IReadOnlyList<Violation>? Violations)
{
    public const string Unauthorized = "UNAUTHORIZED";
    public const string Forbidden = "FORBIDDEN";
    public const string JobNotFound = "JOB_NOT_FOUND";
    public const string ArtifactNotFound = "ARTIFACT_NOT_FOUND";
    public const string StorageUnavailable = "STORAGE_UNAVAILABLE";
    public const string JobHasNoResult = "JOB_HAS_NO_RESULT";
    public const string JobNotFinished = "JOB_NOT_FINISHED";
    public const string PathNotFound = "PATH_NOT_FOUND";
    public const string RequestBroken = "REQUEST_BROKEN";
    public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";
    public const string JobEnded = "JOB_ENDED";
    public const string JobNotDeadLettered = "JOB_NOT_DEAD_LETTERED";
    public const string ScheduleNotFound = "SCHEDULE_NOT_FOUND";
    public const string ScheduleRunning = "SCHEDULE_RUNNING";
    public const string JobNotCancellable = "JOB_NOT_CANCELLABLE";
}
