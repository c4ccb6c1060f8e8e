using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files.Layers;

/// <summary>A directory of a file system shown as a file system of its own, as a bind mount shows it. Safe for concurrent use.</summary>
internal sealed class SubtreeFileSystem(IFileSystem whole, FileNode root) : IFileSystem
{
    public FileSystemIdentity Identity => whole.Identity;

    public IReadOnlyList<string> Warnings => whole.Warnings;

    public FileNode Root => root;

    /// <param name="whole">The file system.</param>
    /// <param name="directory">A path in it without symbolic links.</param>
    /// <returns>Null where no directory is there.</returns>
    public static IFileSystem? Open(IFileSystem whole, string directory)
    {
        var node = whole.Root;
        foreach (var name in GuestPath.Split(directory))
        {
            if (node.Kind != FileKind.Directory || whole.Lookup(node, name) is not { } entry)
            {
                return null;
            }

            node = whole.GetNode(entry.NodeId);
        }

        return node.Kind == FileKind.Directory ? new SubtreeFileSystem(whole, node) : null;
    }

    public FileNode GetNode(ulong id) => whole.GetNode(id);

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) => whole.ReadDirectory(directory);

    public DirectoryEntry? Lookup(FileNode directory, string name) => whole.Lookup(directory, name);

    public string ReadLink(FileNode link) => whole.ReadLink(link);

    public int Read(FileNode file, long offset, Span<byte> buffer) => whole.Read(file, offset, buffer);

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node) => whole.ReadAttributes(node);

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids) => whole.PrefetchNodes(ids);

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue) => whole.PrefetchContents(nodes, maximumBytes);
}
