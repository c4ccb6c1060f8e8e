using System.Text.Json;
using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Volumes;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Mapping.Layouts;

namespace Orchestration.Inspection.Mapping;

/// <summary>A file system of a disk.</summary>
/// <param name="Map">What it is.</param>
/// <param name="FileSystem">Null where its files cannot be read.</param>
/// <param name="Part">What of an operating system it holds.</param>
/// <param name="Subvolume">The subvolume that <paramref name="FileSystem"/> shows; null for its default.</param>
internal sealed record OpenedFileSystem(FileSystemMap Map, IFileSystem? FileSystem, SystemPart Part = SystemPart.None, string? Subvolume = null);

/// <summary>From a disk to its partitions and the file systems on them.</summary>
internal static class DiskReader
{
    private const int SearchedSubvolumes = 64;

    public static IReadOnlyList<PartitionMap> MapPartitions(PartitionTable table) =>
    [
        .. table.Partitions.Select(partition => new PartitionMap(
            partition.Number == 0 ? "/dev/sda" : $"/dev/sda{partition.Number}",
            partition.Number,
            partition.Offset,
            partition.Length,
            partition.Type,
            partition.Name,
            partition.UniqueId,
            partition.Bootable)),
    ];

    /// <summary>What lies on partitions without being one of the disk.</summary>
    public static IReadOnlyList<VolumeMap> MapVolumes(VolumeStack stack) =>
    [
        .. stack.Volumes.Where(volume => !IsOnDisk(stack, volume)).Select(volume => new VolumeMap(
            volume.Device,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(volume.Kind.ToString()),
            volume.Content?.Length,
            volume.Aliases,
            volume.Problem)),
    ];

    /// <summary>Opens what can be opened on every volume.</summary>
    public static IReadOnlyList<OpenedFileSystem> OpenAll(VolumeStack stack) => [.. stack.Volumes.Select(volume => Open(stack, volume)).OfType<OpenedFileSystem>()];

    private static bool IsOnDisk(VolumeStack stack, Volume volume) => volume.Partition is { } partition && stack.Tables[0].Partitions.Contains(partition, ReferenceEqualityComparer.Instance);

    private static OpenedFileSystem? Open(VolumeStack stack, Volume volume) => volume switch
    {
        { Content: not null, Identity: { } identity } => Open(stack, volume, identity),
        { Problem: { } problem } => new OpenedFileSystem(new FileSystemMap(volume.Device, "unknown", null, null, Readable: false, problem), null),
        _ => null,
    };

    private static OpenedFileSystem Open(VolumeStack stack, Volume volume, FileSystemIdentity identity)
    {
        var map = new FileSystemMap(volume.Device, identity.Type, identity.Uuid, identity.Label, Readable: false, Problem: null);
        switch (identity.Type)
        {
            case "swap":
                return new OpenedFileSystem(map, null);
            case "LVM2_member" or "linux_raid_member" or "crypto_LUKS" or "BitLocker":
                // What they hold, where they could be opened, is a volume of its own.
                return new OpenedFileSystem(map with { Problem = volume.Problem }, null);
        }

        // A file system over several volumes is known by the first of them.
        if (stack.Volumes.First(candidate => candidate == volume || stack.FindOthers(volume).Contains(candidate)) is var first && first != volume)
        {
            return new OpenedFileSystem(map with { Problem = $"a further device of the file system on {first.Device}" }, null);
        }

        try
        {
            var fileSystem = stack.OpenFileSystem(volume);
            map = map with { Readable = true };
            return fileSystem is ISubvolumes subvolumes
                ? OpenWithSubvolumes(map, fileSystem, subvolumes)
                : new OpenedFileSystem(map, fileSystem, RootDetector.Detect(fileSystem));
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            return new OpenedFileSystem(map with { Problem = exception.Message }, null);
        }
    }

    // Installers put the root into a subvolume of its own (@, @rootfs, root) more often than they make it the default. Snapshots lie deeper.
    private static OpenedFileSystem OpenWithSubvolumes(FileSystemMap map, IFileSystem fileSystem, ISubvolumes subvolumes)
    {
        var ids = subvolumes.SubvolumeIds;
        var paths = ids.Keys.OrderBy(path => path.Count(letter => letter == '/')).ThenBy(path => path, StringComparer.Ordinal).ToList();
        map = map with { Subvolumes = paths, SubvolumeIds = ids };
        if (RootDetector.Detect(fileSystem) is var part and not SystemPart.None)
        {
            return new OpenedFileSystem(map, fileSystem, part);
        }

        foreach (var path in paths.Take(SearchedSubvolumes))
        {
            var subvolume = subvolumes.OpenSubvolume(path);
            if (RootDetector.Detect(subvolume) is var found and not SystemPart.None)
            {
                return new OpenedFileSystem(map, subvolume, found, path);
            }
        }

        return new OpenedFileSystem(map, fileSystem);
    }
}
