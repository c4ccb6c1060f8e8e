using Orchestration.DiskImages;
using Orchestration.Inspection;
using Orchestration.Protocol;

namespace Orchestration.Functions.Activities;

/// <summary>Tells failures that a job's result reports from those that are worth another try, and puts the former in the protocol's words.</summary>
public static class StepFailure
{
    /// <summary>The error that the result reports; null for a failure that may pass.</summary>
    public static JobError? Describe(Exception exception, string phase) => exception switch
    {
        JobException failure => JobError.Create(failure.Code, failure.Message, phase, failure.Details),
        DiskImageException { Error: not DiskImageError.Unavailable } failure => JobError.Create(CodeOf(failure.Error), failure.Message, phase),
        InspectionException failure => JobError.Create(CodeOf(failure.Error), failure.Message, phase),
        _ => null,
    };

    private static string CodeOf(InspectionError error) => error switch
    {
        InspectionError.NoOperatingSystem => ErrorCodes.NoOperatingSystem,
        InspectionError.MapMismatch => ErrorCodes.ImageChanged,
        _ => ErrorCodes.ImageCorrupt,
    };

    private static string CodeOf(DiskImageError error) => error switch
    {
        DiskImageError.Corrupt => ErrorCodes.ImageCorrupt,
        DiskImageError.Unsupported => ErrorCodes.ImageUnsupported,
        DiskImageError.FormatMismatch => ErrorCodes.ImageFormatMismatch,
        DiskImageError.NotFound => ErrorCodes.ImageNotFound,
        DiskImageError.Changed => ErrorCodes.ImageChanged,
        DiskImageError.LimitExceeded => ErrorCodes.ResourceLimit,
        _ => ErrorCodes.ExecutionError,
    };
}
