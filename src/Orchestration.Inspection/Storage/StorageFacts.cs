using Orchestration.Inspection.Mapping;

namespace Orchestration.Inspection.Storage;

/// <summary>What the guest mounts, swaps to and unlocks.</summary>
public sealed record StorageFacts : FactSet
{
    /// <summary>Entries of fstab and enabled mount units, in order.</summary>
    public IReadOnlyList<MountEntry> Mounts { get; init; } = [];

    /// <summary>What is found on the disk's partitions.</summary>
    public IReadOnlyList<FileSystemMap> FileSystems { get; init; } = [];

    /// <summary>Swap devices and files of fstab.</summary>
    public IReadOnlyList<MountEntry> Swap => [.. Mounts.Where(mount => mount.IsSwap)];

    public IReadOnlyList<EncryptedVolume> EncryptedVolumes { get; init; } = [];

    /// <summary>The entry that is mounted there; null where the path is part of the file system above it.</summary>
    public MountEntry? FindMount(string mountPoint) => Mounts.FirstOrDefault(mount => mount.MountPoint == mountPoint);
}

/// <summary>A line of crypttab(5).</summary>
/// <param name="Name">Name of the unlocked device.</param>
/// <param name="Device">What is unlocked, as written.</param>
/// <param name="KeyFile">Path of a key; null where a passphrase is asked for.</param>
/// <param name="Line">Counted from one.</param>
public sealed record EncryptedVolume(string Name, string Device, string? KeyFile, int Line);
