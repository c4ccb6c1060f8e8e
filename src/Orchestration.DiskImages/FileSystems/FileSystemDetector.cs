using Orchestration.DiskImages.FileSystems.Btrfs;
using Orchestration.DiskImages.FileSystems.ExFat;
using Orchestration.DiskImages.FileSystems.Ext;
using Orchestration.DiskImages.FileSystems.Fat;
using Orchestration.DiskImages.FileSystems.Iso9660;
using Orchestration.DiskImages.FileSystems.Ntfs;
using Orchestration.DiskImages.FileSystems.Signatures;
using Orchestration.DiskImages.FileSystems.SquashFs;
using Orchestration.DiskImages.FileSystems.Xfs;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems;

/// <summary>Recognises what a volume holds from its content alone.</summary>
public static class FileSystemDetector
{
    private static readonly Dictionary<string, Func<IReadOnlyList<IByteSource>, FileSystemIdentity, IFileSystem>> Openers = new(StringComparer.Ordinal)
    {
        ["ext2"] = (volumes, _) => ExtFileSystem.Open(volumes[0]),
        ["ext3"] = (volumes, _) => ExtFileSystem.Open(volumes[0]),
        ["ext4"] = (volumes, _) => ExtFileSystem.Open(volumes[0]),
        ["xfs"] = (volumes, _) => XfsFileSystem.Open(volumes[0]),
        ["btrfs"] = (volumes, _) => BtrfsFileSystem.Open(volumes),
        ["ntfs"] = (volumes, _) => NtfsFileSystem.Open(volumes[0]),
        ["exfat"] = (volumes, identity) => ExFatFileSystem.Open(volumes[0], identity),
        ["iso9660"] = (volumes, identity) => IsoFileSystem.Open(volumes[0], identity),
        ["squashfs"] = (volumes, identity) => SquashFsFileSystem.Open(volumes[0], identity),
        ["vfat"] = (volumes, identity) => FatFileSystem.Open(volumes[0], identity),
    };

    /// <summary>The types that can be opened.</summary>
    public static IReadOnlyList<string> ReadableTypes { get; } = [.. Openers.Keys];

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
        var identity = Detect(volume)
            ?? throw new DiskImageException(DiskImageError.Unsupported, "volume", 0, "no known file system signature");
        return Openers.TryGetValue(identity.Type, out var open)
            ? open([volume, .. others], identity)
            : throw new DiskImageException(DiskImageError.Unsupported, "volume", 0, $"{identity.Type} cannot be read yet");
    }
}
