using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes;

public enum PartitionScheme
{
    /// <summary>No table: the disk as a whole is one volume.</summary>
    None,
    Mbr,
    Gpt,
}

/// <summary>How a disk is divided.</summary>
/// <param name="Scheme">The kind of table found.</param>
/// <param name="DiskId">GPT disk GUID, or the MBR disk signature as eight hexadecimal digits; null without a table.</param>
/// <param name="Partitions">
/// In table order; one entry for the whole disk where there is no table, and a first one where it is an ISO 9660 volume beside its table. The
/// extended partition of an MBR, which only holds others, is left out.
/// </param>
/// <param name="Warnings">What was wrong with the table but did not prevent reading it.</param>
public sealed record PartitionTable(
    PartitionScheme Scheme,
    string? DiskId,
    IReadOnlyList<Partition> Partitions,
    IReadOnlyList<string> Warnings)
{
    /// <summary>
    /// Reads the table of a disk. Detection is by content: GPT (primary, else backup header), MBR with logical partitions, none.
    /// As for the kernel, a GPT counts only where the MBR announces it; a partition that leaves the disk is cut, or left out, with a warning.
    /// </summary>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/> where a GPT is announced and neither copy is valid.</exception>
    public static PartitionTable Read(IByteSource disk)
    {
        var warnings = new List<string>();
        if (MasterBootRecord.TryRead(disk) is not { } record || IsFileSystem(disk, record))
        {
            return new PartitionTable(PartitionScheme.None, null, [WholeDisk(disk)], warnings);
        }

        return WithHybrid(disk, record.AnnouncesGpt
            ? GuidPartitionTable.Read(disk, warnings)
            : new PartitionTable(PartitionScheme.Mbr, record.Signature, Fit(ExtendedPartitions.ReadAll(disk, record, warnings), disk.Length, warnings), warnings));
    }

    /// <summary>Cuts partitions at the end of the disk and leaves out those beyond it, as the kernel does.</summary>
    internal static List<Partition> Fit(IEnumerable<Partition> partitions, long diskLength, List<string> warnings)
    {
        var fitting = new List<Partition>();
        foreach (var partition in partitions)
        {
            if (partition.Offset >= diskLength)
            {
                warnings.Add($"partition {partition.Number} begins at {partition.Offset}, beyond the end of the disk ({diskLength}); it is left out");
            }
            else if (partition.Length > diskLength - partition.Offset)
            {
                warnings.Add($"partition {partition.Number} ends at {partition.Offset + partition.Length}, beyond the end of the disk ({diskLength}); it is cut there");
                fitting.Add(partition with { Length = diskLength - partition.Offset });
            }
            else
            {
                fitting.Add(partition);
            }
        }

        return fitting;
    }

    // Installation media carry a table so that firmware boots them from a stick too; their file system begins with the disk all the same.
    private static PartitionTable WithHybrid(IByteSource disk, PartitionTable table) =>
        table.Partitions.All(partition => partition.Offset > 0) && FileSystemDetector.Detect(disk)?.Type == "iso9660"
            ? table with { Partitions = [WholeDisk(disk), .. table.Partitions] }
            : table;

    private static Partition WholeDisk(IByteSource disk) => new(0, 0, disk.Length, "", null, null, false);

    // The boot sector of FAT and NTFS ends with the same signature as an MBR, and that of other file systems may hold a boot loader.
    private static bool IsFileSystem(IByteSource disk, MasterBootRecord record) =>
        !record.AnnouncesGpt
        && FileSystemDetector.Detect(disk)?.Type is { } type
        && (record.IsEmpty || type is "vfat" or "ntfs" or "exfat" or "BitLocker");
}

/// <param name="Number">As the kernel numbers it (<c>sda1</c> is 1; MBR logical partitions start at 5); 0 for the whole disk.</param>
/// <param name="Offset">First byte on the disk.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Type">GPT type GUID in lower case, or the MBR type as <c>0x83</c>; empty for the whole disk.</param>
/// <param name="Name">GPT partition name (PARTLABEL); null where empty.</param>
/// <param name="UniqueId">PARTUUID as blkid prints it; null for the whole disk.</param>
/// <param name="Bootable">MBR active flag, or GPT legacy BIOS bootable.</param>
public sealed record Partition(int Number, long Offset, long Length, string Type, string? Name, string? UniqueId, bool Bootable)
{
    /// <summary>The attribute bits of a GPT entry (UEFI specification, table 5.8), of which the upper sixteen mean what the type says; 0 without a GPT.</summary>
    public ulong Attributes { get; init; }
}
