using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Files.Layers;

namespace Orchestration.Inspection.Mapping.Layouts;

/// <summary>Media that start a system from one file, which holds its root: live systems and installers.</summary>
internal static class LiveMedium
{
    // Debian, Ubuntu (in layers since 23.10), Fedora and Red Hat (a file system in a file in the first one until Fedora 41), Arch and its relatives.
    private static readonly string[] Patterns =
    [
        "/live/*.squashfs", "/casper/*.squashfs", "/LiveOS/squashfs.img", "/images/install.img", "/arch/*/airootfs.sfs", "/*/x86_64/airootfs.sfs", "/*/x86_64/airootfs.erofs",
    ];

    private const string InnerImage = "/LiveOS/rootfs.img";

    private const int MaximumImages = 16;

    /// <summary>The file systems that files of these file systems hold, each with the volume that it is.</summary>
    public static IReadOnlyList<(VolumeMap Volume, OpenedFileSystem FileSystem)> Find(IEnumerable<OpenedFileSystem> media)
    {
        var found = new List<(VolumeMap, OpenedFileSystem)>();
        foreach (var medium in media)
        {
            var tree = new FactReader(new GuestTree(MountedTrees.Open([SystemLayout.Mount("/", medium)], _ => medium.FileSystem ?? new EmptyFileSystem())));
            foreach (var path in Patterns.SelectMany(tree.Glob).Distinct(StringComparer.Ordinal).Take(MaximumImages))
            {
                Add(medium, path, found);
            }
        }

        return found;
    }

    /// <summary>The content of a file; null where no regular file is at the path.</summary>
    public static IByteSource? Open(IFileSystem fileSystem, string path)
    {
        var tree = SubtreeFileSystem.Open(fileSystem, GuestPath.Parent(path));
        return tree?.Lookup(tree.Root, GuestPath.Name(path)) is { } entry && tree.GetNode(entry.NodeId) is { Kind: FileKind.Regular } file
            ? new FileContentSource(fileSystem, file)
            : null;
    }

    private static void Add(OpenedFileSystem medium, string path, List<(VolumeMap Volume, OpenedFileSystem FileSystem)> found)
    {
        if (medium.FileSystem is not { } outer)
        {
            return;
        }

        var device = $"/dev/loop{found.Count}";
        var volume = new VolumeMap(device, "loop", null, [], null) { BackingFile = new FileMap(medium.Map.Device, path) };
        try
        {
            if (Open(outer, path) is not { } content || FileSystemDetector.Detect(content) is not { } identity)
            {
                return;
            }

            var inner = FileSystemDetector.Open(content);
            var opened = new OpenedFileSystem(new FileSystemMap(device, identity.Type, identity.Uuid, identity.Label, Readable: true, null), inner, RootDetector.Detect(inner));
            found.Add((volume with { LengthBytes = content.Length }, opened));
            if (opened.Part == SystemPart.None && path != InnerImage)
            {
                Add(opened, InnerImage, found);
            }
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            found.Add((volume, new OpenedFileSystem(new FileSystemMap(device, "unknown", null, null, Readable: false, exception.Message), null)));
        }
    }
}
