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
/// <param name="Partitions">In table order; one entry for the whole disk where there is no table.</param>
/// <param name="Warnings">What was wrong with the table but did not prevent reading it.</param>
public sealed record PartitionTable(
    PartitionScheme Scheme,
    string? DiskId,
    IReadOnlyList<Partition> Partitions,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Reads the table of a disk. Detection is by content: GPT (primary, else backup header), MBR with logical partitions, none.</summary>
    public static PartitionTable Read(IByteSource disk) => throw new NotImplementedException();
}

/// <param name="Number">As the kernel numbers it (<c>sda1</c> is 1; MBR logical partitions start at 5); 0 for the whole disk.</param>
/// <param name="Offset">First byte on the disk.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Type">GPT type GUID in lower case, or the MBR type as <c>0x83</c>; empty for the whole disk.</param>
/// <param name="Name">GPT partition name (PARTLABEL); null where empty.</param>
/// <param name="UniqueId">PARTUUID as blkid prints it; null for the whole disk.</param>
/// <param name="Bootable">MBR active flag, or GPT legacy BIOS bootable.</param>
public sealed record Partition(int Number, long Offset, long Length, string Type, string? Name, string? UniqueId, bool Bootable);
