using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Mapping;

/// <summary>From a disk to its partitions and the file systems on them.</summary>
internal static class DiskReader
{
    /// <summary>The signatures of all known file systems lie in the first 68 KiB of a volume.</summary>
    private const long SignatureBytes = 128 << 10;

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

    /// <summary>Opens what can be opened on every partition.</summary>
    public static IReadOnlyList<(FileSystemMap Map, IFileSystem? FileSystem)> OpenAll(DiskImage image, IReadOnlyList<PartitionMap> partitions)
    {
        image.Content.Prefetch([.. partitions.Select(partition => new ByteRange(partition.OffsetBytes, Math.Min(partition.LengthBytes, SignatureBytes)))]);
        var found = new List<(FileSystemMap, IFileSystem?)>();
        foreach (var partition in partitions)
        {
            try
            {
                var volume = new SliceByteSource(image.Content, partition.OffsetBytes, partition.LengthBytes);
                if (FileSystemDetector.Detect(volume) is { } identity)
                {
                    found.Add(Open(partition.Device, volume, identity));
                }
            }
            catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
            {
                found.Add((new FileSystemMap(partition.Device, "unknown", null, null, Readable: false, exception.Message), null));
            }
        }

        return found;
    }

    private static (FileSystemMap Map, IFileSystem? FileSystem) Open(string device, IByteSource volume, FileSystemIdentity identity)
    {
        var map = new FileSystemMap(device, identity.Type, identity.Uuid, identity.Label, Readable: false, Problem: null);
        switch (identity.Type)
        {
            case "swap":
                return (map, null);
            case "crypto_LUKS" or "BitLocker":
                return (map with { Problem = "encrypted" }, null);
        }

        try
        {
            return (map with { Readable = true }, FileSystemDetector.Open(volume));
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            return (map with { Problem = exception.Message }, null);
        }
    }
}
