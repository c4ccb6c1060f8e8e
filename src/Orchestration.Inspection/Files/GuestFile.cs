using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files;

/// <summary>A file, directory or other object of the guest, as its inode describes it.</summary>
/// <param name="Path">The path that was asked for.</param>
/// <param name="RealPath">The path after following symbolic links.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Permissions">The low twelve bits of the mode.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Modified">Time of the last change of the content, in UTC.</param>
public sealed record GuestFile(
    string Path,
    string RealPath,
    FileKind Kind,
    int Permissions,
    uint UserId,
    uint GroupId,
    long Size,
    DateTimeOffset Modified)
{
    /// <summary>The last component of <see cref="Path"/>.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public bool IsDirectory => Kind == FileKind.Directory;

    public bool IsRegular => Kind == FileKind.Regular;

    public bool IsLink => Kind == FileKind.SymbolicLink;

    /// <summary>Permissions as four octal digits, as <c>chmod</c> takes them.</summary>
    public string Mode => Convert.ToString(Permissions, 8).PadLeft(4, '0');
}
