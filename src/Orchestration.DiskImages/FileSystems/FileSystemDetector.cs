using Orchestration.DiskImages.FileSystems.Btrfs;
using Orchestration.DiskImages.FileSystems.Ext;
using Orchestration.DiskImages.FileSystems.Ntfs;
using Orchestration.DiskImages.FileSystems.Xfs;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems;

/// <summary>Recognises what a volume holds from its content alone.</summary>
public static class FileSystemDetector
{
    /// <summary>The types that <see cref="Open(IByteSource)"/> reads.</summary>
    public static IReadOnlyList<string> ReadableTypes { get; } = ["ext2", "ext3", "ext4", "xfs"];

    /// <summary>The signature found, also for types that cannot be opened yet; null where nothing is recognised.</summary>
    public static FileSystemIdentity? Detect(IByteSource volume)
    {
        var head = new VolumeHead(volume);
        return RaidAndVolumeSignatures.Identify(head)
            ?? FileSystemSignatures.Identify(head);
    }

    /// <summary>Opens the file system on the volume.</summary>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Unsupported"/> where the type cannot be read; otherwise damage.</exception>
    public static IFileSystem Open(IByteSource volume) => Open(volume, []);

    /// <summary>Opens a file system that may be spread over several volumes, as btrfs may.</summary>
    /// <param name="volume">One of its volumes.</param>
    /// <param name="others">Its other volumes, as far as they are there: those with the same type and UUID.</param>
    /// <exception cref="DiskImageException">As <see cref="Open(IByteSource)"/>.</exception>
    public static IFileSystem Open(IByteSource volume, IReadOnlyList<IByteSource> others)
    {
        var identity = Detect(volume);
        return identity?.Type switch
        {
            "ext2" or "ext3" or "ext4" => ExtFileSystem.Open(volume),
            "btrfs" => BtrfsFileSystem.Open([volume, .. others]),
            "ntfs" => NtfsFileSystem.Open(volume),
            "xfs" => XfsFileSystem.Open(volume),
            null => throw new DiskImageException(DiskImageError.Unsupported, "volume", 0, "no known file system signature"),
            var type => throw new DiskImageException(DiskImageError.Unsupported, "volume", 0, $"{type} cannot be read yet"),
        };
    }
}
