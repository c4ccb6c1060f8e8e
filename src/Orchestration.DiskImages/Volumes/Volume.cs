using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes;

/// <summary>What makes a volume out of what lies below it.</summary>
public enum VolumeKind
{
    /// <summary>A disk without a partition table.</summary>
    Disk,

    /// <summary>A partition of a disk, or of an array.</summary>
    Partition,

    /// <summary>An md array (Linux software RAID).</summary>
    RaidArray,

    /// <summary>A logical volume of LVM2.</summary>
    LogicalVolume,

    /// <summary>The content of an encrypted volume that was opened with a key.</summary>
    Decrypted,
}

/// <summary>A block device that lies on one or several disks.</summary>
/// <param name="Device">
/// The name that a kernel would give it were the disks its first SCSI disks: <c>/dev/sda1</c>, <c>/dev/md/data</c>, <c>/dev/mapper/vg-root</c>,
/// <c>/dev/mapper/luks-…</c>.
/// </param>
/// <param name="Kind">What it is.</param>
/// <param name="Aliases">Other names by which guests know it: <c>/dev/vg/root</c>, names below <c>/dev/disk/by-id</c>.</param>
/// <param name="Partition">The table's entry, for a partition or a disk without a table; null for others.</param>
/// <param name="Content">Its bytes; null where it could not be put together.</param>
/// <param name="Identity">What it holds, by its signature; null where nothing is recognised or there is no content.</param>
/// <param name="Problem">Why there is no content, or what it holds cannot be opened (an encrypted volume without its key); null where all is well.</param>
public sealed record Volume(
    string Device,
    VolumeKind Kind,
    IReadOnlyList<string> Aliases,
    Partition? Partition,
    IByteSource? Content,
    FileSystemIdentity? Identity,
    string? Problem);
