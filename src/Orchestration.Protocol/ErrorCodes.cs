using System.Collections.Frozen;

namespace Orchestration.Protocol;

/// <summary>
/// The canonical error codes (specification section 1.7) and, for each, whether the same job may succeed when it is tried again
/// unchanged. Additions, for which the list had no word: <see cref="InvalidYaml"/>, <see cref="ImageCorrupt"/> (damaged),
/// <see cref="ImageUnsupported"/> (needs a reader that does not exist yet), <see cref="ImageChanged"/> (written to during the job),
/// <see cref="DependencyFailed"/>, <see cref="NamespaceNotAllowed"/> (the submitter's key is bound to another) and
/// <see cref="UnknownField"/> (in strict mode).
/// </summary>
public static class ErrorCodes
{
    public const string InvalidJson = "INVALID_JSON";
    public const string InvalidYaml = "INVALID_YAML";
    public const string UnsupportedVersion = "UNSUPPORTED_VERSION";
    public const string MissingField = "MISSING_FIELD";
    public const string UnknownField = "UNKNOWN_FIELD";
    public const string InvalidField = "INVALID_FIELD";
    public const string UnsupportedOperation = "UNSUPPORTED_OPERATION";
    public const string UnsupportedPayloadVersion = "UNSUPPORTED_PAYLOAD_VERSION";
    public const string PayloadInvalid = "PAYLOAD_INVALID";
    public const string PathNotAllowed = "PATH_NOT_ALLOWED";
    public const string NamespaceNotAllowed = "NAMESPACE_NOT_ALLOWED";
    public const string ImageNotFound = "IMAGE_NOT_FOUND";
    public const string ImageFormatMismatch = "IMAGE_FORMAT_MISMATCH";
    public const string ImageChecksumMismatch = "IMAGE_CHECKSUM_MISMATCH";
    public const string ChecksumAlgorithmUnsupported = "CHECKSUM_ALGORITHM_UNSUPPORTED";
    public const string ImageTooLarge = "IMAGE_TOO_LARGE";
    public const string ImageCorrupt = "IMAGE_CORRUPT";
    public const string ImageUnsupported = "IMAGE_UNSUPPORTED";
    public const string ImageChanged = "IMAGE_CHANGED";
    public const string NoOperatingSystem = "NO_OPERATING_SYSTEM";
    public const string CapabilityMismatch = "CAPABILITY_MISMATCH";
    public const string NoMatchingWorker = "NO_MATCHING_WORKER";
    public const string IdempotencyConflict = "IDEMPOTENCY_CONFLICT";
    public const string DuplicateJob = "DUPLICATE_JOB";
    public const string Timeout = "TIMEOUT";
    public const string DeadlineExceeded = "DEADLINE_EXCEEDED";
    public const string Cancelled = "CANCELLED";
    public const string DependencyFailed = "DEPENDENCY_FAILED";
    public const string WorkerLost = "WORKER_LOST";
    public const string ResourceLimit = "RESOURCE_LIMIT";
    public const string ExecutionError = "EXECUTION_ERROR";
    public const string OperationNotImplemented = "OPERATION_NOT_IMPLEMENTED";
    public const string PolicyFailed = "POLICY_FAILED";
    public const string DeadLettered = "DEAD_LETTERED";

    private static readonly FrozenSet<string> Recoverable =
        FrozenSet.ToFrozenSet([Timeout, WorkerLost, NoMatchingWorker, ResourceLimit, ExecutionError, ImageChanged], StringComparer.Ordinal);

    /// <summary>True where an outside cause may have passed by the next try.</summary>
    public static bool IsRecoverable(string code) => Recoverable.Contains(code);
}
