namespace Orchestration.Inspection.Mapping;

/// <summary>
/// Where everything lies on a guest's disk. Plain data: it is stored as a checkpoint, and <see cref="Guest.Open"/> reads the guest by
/// it without detecting anything again.
/// </summary>
/// <param name="Disk">The virtual disk.</param>
/// <param name="Partitions">In table order; one entry for the whole disk where there is no table.</param>
/// <param name="FileSystems">What partitions and volumes hold, in the order of these; those without a known signature are absent.</param>
/// <param name="RootDevice">
/// The device of the root file system, one of <paramref name="FileSystems"/>; where the root is in memory, of the file system with <c>/usr</c>.
/// </param>
/// <param name="Mounts">What the guest mounts where, parents before children.</param>
/// <param name="Warnings">What was odd, each in a sentence.</param>
public sealed record GuestMap(
    DiskMap Disk,
    IReadOnlyList<PartitionMap> Partitions,
    IReadOnlyList<FileSystemMap> FileSystems,
    string RootDevice,
    IReadOnlyList<MountMap> Mounts,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Arrays, logical volumes and opened encrypted volumes that lie on the partitions; those they are made of come first.</summary>
    public IReadOnlyList<VolumeMap> Volumes { get; init; } = [];

    /// <summary>Other systems that the disk can boot, which are not inspected: further installations, deployments, and the other of a pair of slots.</summary>
    public IReadOnlyList<SystemMap> OtherSystems { get; init; } = [];

    /// <summary>Why this system is inspected and not one of <see cref="OtherSystems"/>; null where it is the only one.</summary>
    public string? ChosenBecause { get; init; }
}

/// <param name="Device">The name that a kernel gives it: <c>/dev/mapper/vg-root</c>, <c>/dev/md/data</c>.</param>
/// <param name="Kind"><c>raid_array</c>, <c>logical_volume</c>, <c>decrypted</c>, <c>partition</c> for one of an array, or <c>loop</c> for a file system in a file.</param>
/// <param name="LengthBytes">Size; null where it could not be put together.</param>
/// <param name="Aliases">Other names of the device.</param>
/// <param name="Problem">Why it could not be put together or opened; null where it could.</param>
public sealed record VolumeMap(string Device, string Kind, long? LengthBytes, IReadOnlyList<string> Aliases, string? Problem)
{
    /// <summary>The file that it lies in, by device and path; null for what lies on partitions.</summary>
    public FileMap? BackingFile { get; init; }
}

/// <param name="Device">One of the map's file systems.</param>
/// <param name="Path">Path in it, without symbolic links.</param>
public sealed record FileMap(string Device, string Path);

/// <param name="Device">The device of its root file system.</param>
/// <param name="Type">As <see cref="OperatingSystems.OperatingSystemFacts.Type"/>.</param>
/// <param name="Name">The product in its own words, or what is known of it.</param>
public sealed record SystemMap(string Device, string Type, string Name)
{
    /// <summary>The directory that is its root, for a deployment of OSTree; null for others.</summary>
    public string? Directory { get; init; }
}

/// <param name="Format">Image format: <c>raw</c>, <c>qcow2</c>, …</param>
/// <param name="VirtualSizeBytes">Size of the disk that the guest sees.</param>
/// <param name="PartitionScheme"><c>gpt</c>, <c>mbr</c> or <c>none</c>.</param>
/// <param name="DiskId">GPT GUID or MBR signature; null without a table.</param>
public sealed record DiskMap(string Format, long VirtualSizeBytes, string PartitionScheme, string? DiskId);

/// <param name="Device">The name that a kernel would give it were this its first SCSI disk: <c>/dev/sda1</c>.</param>
/// <param name="Number">0 for the whole disk.</param>
/// <param name="OffsetBytes">First byte on the disk.</param>
/// <param name="LengthBytes">Size.</param>
/// <param name="Type">GPT type GUID, or MBR type as <c>0x83</c>; empty for the whole disk.</param>
/// <param name="Name">GPT name; null where empty.</param>
/// <param name="Uuid">PARTUUID; null for the whole disk.</param>
/// <param name="Bootable">Marked active.</param>
public sealed record PartitionMap(
    string Device,
    int Number,
    long OffsetBytes,
    long LengthBytes,
    string Type,
    string? Name,
    string? Uuid,
    bool Bootable);

/// <param name="Device">The partition's device.</param>
/// <param name="Type">As blkid names it: <c>ext4</c>, <c>swap</c>, <c>crypto_LUKS</c>, …</param>
/// <param name="Uuid">As blkid prints it.</param>
/// <param name="Label">Volume label.</param>
/// <param name="Readable">Whether its files can be read.</param>
/// <param name="Problem">Why not, in words; null where readable, or where there are no files to read (swap).</param>
public sealed record FileSystemMap(string Device, string Type, string? Uuid, string? Label, bool Readable, string? Problem)
{
    /// <summary>Paths of its subvolumes from the top level; empty where it has none, or its type knows none.</summary>
    public IReadOnlyList<string> Subvolumes { get; init; } = [];

    /// <summary>The numbers of its subvolumes by their paths, for configurations that name them so.</summary>
    public IReadOnlyDictionary<string, ulong> SubvolumeIds { get; init; } = new Dictionary<string, ulong>();
}

/// <summary>What became of a mount that the guest's configuration names.</summary>
public enum MountState
{
    /// <summary>Part of the assembled root.</summary>
    Mounted,

    /// <summary>Not on this disk or not mounted at boot (tmpfs, bind, network, noauto, nofail without its device): the reason says which.</summary>
    Listed,

    /// <summary>The guest needs it and it could not be found or read: what lies below is unknown.</summary>
    Missing,
}

/// <param name="MountPoint">Absolute path in the guest.</param>
/// <param name="Specification">What is mounted, as the guest's configuration says it.</param>
/// <param name="Device">One of the map's file systems; null where it is none of them, and for a root that is in memory.</param>
/// <param name="Type">File system type.</param>
/// <param name="Options">Mount options.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">Why it is not mounted; null where it is.</param>
/// <param name="File">The guest file that says so, or the generator that makes the mount by its partition's type; null for what the system's layout alone tells.</param>
/// <param name="Line">Line in <paramref name="File"/>, counted from one.</param>
public sealed record MountMap(
    string MountPoint,
    string Specification,
    string? Device,
    string Type,
    IReadOnlyList<string> Options,
    MountState State,
    string? Reason,
    string? File,
    int? Line)
{
    /// <summary>Which subvolume is mounted, by its path from the top level; null for the file system's own default.</summary>
    public string? Subvolume { get; init; }

    /// <summary>Which directory is mounted, by its path in the file system; null for the whole.</summary>
    public string? Directory { get; init; }

    /// <summary>Trees of files that show through where this one has nothing, as overlayfs stacks them, from the top down.</summary>
    public IReadOnlyList<LayerMap> Below { get; init; } = [];
}

/// <param name="Device">One of the map's file systems.</param>
/// <param name="Subvolume">As <see cref="MountMap.Subvolume"/>.</param>
/// <param name="Directory">As <see cref="MountMap.Directory"/>.</param>
public sealed record LayerMap(string Device, string? Subvolume, string? Directory);
