using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files.Layers;

/// <summary>The root of a guest that starts with an empty one in memory and mounts everything over it.</summary>
internal sealed class EmptyFileSystem : IFileSystem
{
    public FileSystemIdentity Identity { get; } = new("tmpfs", null, null, null);

    public IReadOnlyList<string> Warnings => [];

    public FileNode Root { get; } = new(0, FileKind.Directory, 0x1ED, 0, 0, 0, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    public FileNode GetNode(ulong id) => id == 0 ? Root : throw Absent();

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) => [];

    public DirectoryEntry? Lookup(FileNode directory, string name) => null;

    public string ReadLink(FileNode link) => throw Absent();

    public int Read(FileNode file, long offset, Span<byte> buffer) => throw Absent();

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => new Dictionary<string, byte[]>();

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids)
    {
    }

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
    }

    private static DiskImageException Absent() => new(DiskImageError.NotFound, "tmpfs", null, "expected the root, found another node: nothing is in memory before the start");
}
