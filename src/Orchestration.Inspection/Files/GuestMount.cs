using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files;

/// <summary>A file system at its place in the guest's tree.</summary>
/// <param name="MountPoint">Absolute path, <c>/</c> for the root.</param>
/// <param name="FileSystem">The file system; null where the guest mounts one here that cannot be read.</param>
/// <param name="UnavailableReason">Why <paramref name="FileSystem"/> is null: everything below the mount point is then unknown, not absent.</param>
public sealed record GuestMount(string MountPoint, IFileSystem? FileSystem, string? UnavailableReason = null);
