using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Encryption;

namespace Orchestration.DiskImages.Volumes;

/// <summary>
/// Everything that file systems can lie on, found on the disks of one machine: partitions, md arrays, logical volumes, encrypted volumes, in any order on top of each other.
/// </summary>
/// <param name="Tables">The partition table of each disk, in order.</param>
/// <param name="Volumes">
/// All volumes, also those that others are made of; each after what it lies on. One that could not be put together is there with its problem.
/// </param>
/// <param name="Warnings">What was odd, each in a sentence.</param>
public sealed record VolumeStack(IReadOnlyList<PartitionTable> Tables, IReadOnlyList<Volume> Volumes, IReadOnlyList<string> Warnings)
{
    /// <summary>Reads partition tables, superblocks and volume group metadata, and puts together what they describe. Reads no content.</summary>
    /// <param name="disks">The virtual disks of one machine; they stay the caller's.</param>
    /// <param name="keys">Opens encrypted volumes, whose content then is a volume of its own; null leaves them closed, with their problem.</param>
    /// <exception cref="DiskImageException">
    /// A partition table is damaged beyond use, or storage failed. What is damaged further up is a problem of that volume and no exception.
    /// </exception>
    public static VolumeStack Open(IReadOnlyList<IByteSource> disks, IDiskKeys? keys = null)
    {
        var assembler = new VolumeAssembler(keys);
        var tables = new List<PartitionTable>();
        foreach (var (index, disk) in disks.Index())
        {
            var table = PartitionTable.Read(disk);
            tables.Add(table);
            assembler.AddPartitions(NameDisk(index), "", disk, table);
        }

        assembler.Run();
        return new VolumeStack(tables, assembler.Volumes, [.. tables.SelectMany(table => table.Warnings), .. assembler.Warnings]);
    }

    /// <summary>The other volumes of a file system that is spread over several, as btrfs may be; empty for any other.</summary>
    public IReadOnlyList<Volume> FindOthers(Volume volume) => volume.Identity is { Type: "btrfs", Uuid: { } uuid }
        ? [.. Volumes.Where(other => !ReferenceEquals(other, volume) && other is { Content: not null, Identity.Type: "btrfs" } && other.Identity.Uuid == uuid)]
        : [];

    /// <summary>Opens the file system on the volume, together with its other volumes.</summary>
    /// <exception cref="DiskImageException">As <see cref="FileSystemDetector.Open(IByteSource)"/>; the volume has no content.</exception>
    public IFileSystem OpenFileSystem(Volume volume) => FileSystemDetector.Open(
        volume.Content ?? throw new DiskImageException(DiskImageError.NotFound, "volume", null, $"{volume.Device} could not be put together: {volume.Problem}"),
        [.. FindOthers(volume).Select(other => other.Content).OfType<IByteSource>()]);

    /// <summary><c>/dev/sda</c> to <c>/dev/sdz</c>, then <c>/dev/sdaa</c> and on.</summary>
    internal static string NameDisk(int index)
    {
        var letters = "";
        for (var rest = index; rest >= 0; rest = rest / 26 - 1)
        {
            letters = (char)('a' + rest % 26) + letters;
        }

        return $"/dev/sd{letters}";
    }
}
