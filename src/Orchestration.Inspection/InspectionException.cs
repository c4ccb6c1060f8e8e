namespace Orchestration.Inspection;

/// <summary>Why a guest could not be inspected, for callers that act on the kind of failure.</summary>
public enum InspectionError
{
    /// <summary>No readable operating system is on the disk; the message says what was found instead.</summary>
    NoOperatingSystem,

    /// <summary>The map was made from another image, or the image changed since.</summary>
    MapMismatch,

    /// <summary>Nothing exists at the path.</summary>
    FileNotFound,

    /// <summary>Something exists at the path, or may exist, and cannot be read: damage, an unreadable file system, a loop of links.</summary>
    FileUnreadable,

    /// <summary>The file is larger than the reader asked for.</summary>
    FileTooLarge,
}

/// <summary>
/// The one exception of guest inspection. Failures of storage (<see cref="DiskImages.DiskImageError.Unavailable"/>,
/// <see cref="DiskImages.DiskImageError.Changed"/>) are not wrapped: they concern the whole job, not one guest file.
/// </summary>
public sealed class InspectionException : Exception
{
    /// <param name="error">The kind of failure.</param>
    /// <param name="path">The guest path concerned; null where the whole disk is.</param>
    /// <param name="reason">What was expected and what was found.</param>
    /// <param name="innerException">The failure below, if any.</param>
    public InspectionException(InspectionError error, string? path, string reason, Exception? innerException = null)
        : base(path is null ? reason : $"{path}: {reason}", innerException)
    {
        Error = error;
        Path = path;
        Reason = reason;
    }

    public InspectionError Error { get; }

    public string? Path { get; }

    public string Reason { get; }
}
