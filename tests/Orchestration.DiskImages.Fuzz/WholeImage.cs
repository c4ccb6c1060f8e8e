using System.Text;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes;
using Orchestration.DiskImages.Volumes.Encryption;

namespace Orchestration.DiskImages.Fuzz;

/// <summary>Reads everything that there is to read in an image, as far as is reasonable.</summary>
internal static class WholeImage
{
    private const int MostNodes = 400;
    private const long MostContent = 4 * 1024 * 1024;
    private const int Piece = 64 * 1024;

    /// <param name="bytes">The stored image, or several disks of equal length one after the other.</param>
    /// <param name="disks">How many.</param>
    /// <exception cref="DiskImageException">It cannot be opened, as befits a damaged image. Nothing else may be thrown.</exception>
    public static void Read(byte[] bytes, int disks)
    {
        if (disks > 1)
        {
            var length = bytes.Length / disks;
            ReadVolumes(VolumeStack.Open([.. Enumerable.Range(0, disks).Select(disk => new MemoryDisk(bytes.AsMemory(disk * length, length)))], Keys.All));
            return;
        }

        var source = new MemoryDisk(bytes);
        using var image = DiskImage.Open(source, backingFiles: new OneFile(source), keys: Keys.All);
        ReadContent(image.Content);
        ReadVolumes(image.Volumes);
        foreach (var snapshot in image.Snapshots.Take(2))
        {
            using var earlier = DiskImage.Open(source, backingFiles: new OneFile(source), keys: Keys.All, snapshot: snapshot.Id);
            ReadContent(earlier.Content);
        }
    }

    private static void ReadVolumes(VolumeStack stack)
    {
        foreach (var volume in stack.Volumes.Take(100))
        {
            if (volume.Content is { } content)
            {
                Try(() => ReadContent(content));
                Try(() => ReadFiles(FileSystemDetector.Open(content)));
            }
        }
    }

    private static void ReadContent(IByteSource content)
    {
        var buffer = new byte[Piece];
        content.Prefetch(0, MostContent);
        for (long offset = 0; offset < Math.Min(content.Length, MostContent); offset += Piece)
        {
            content.Read(offset, buffer.AsSpan(0, (int)Math.Min(Piece, content.Length - offset)));
        }

        var tail = (int)Math.Min(Piece, content.Length);
        content.Read(content.Length - tail, buffer.AsSpan(0, tail));
    }

    private static void ReadFiles(IFileSystem fileSystem)
    {
        var pending = new Stack<FileNode>([fileSystem.Root]);
        var buffer = new byte[Piece];
        for (var visited = 0; visited < MostNodes && pending.TryPop(out var node); visited++)
        {
            // One damaged object does not keep the others from being read.
            Try(() => ReadNode(fileSystem, node, buffer, pending));
        }
    }

    private static void ReadNode(IFileSystem fileSystem, FileNode node, byte[] buffer, Stack<FileNode> pending)
    {
        fileSystem.ReadAttributes(node);
        switch (node.Kind)
        {
            case FileKind.Regular:
                fileSystem.PrefetchContents([node], MostContent);
                fileSystem.Read(node, 0, buffer);
                fileSystem.Read(node, Math.Max(0, node.Size - 1000), buffer);
                break;
            case FileKind.SymbolicLink:
                fileSystem.ReadLink(node);
                break;
            case FileKind.Directory:
                var entries = fileSystem.ReadDirectory(node);
                fileSystem.PrefetchNodes([.. entries.Take(MostNodes).Select(entry => entry.NodeId)]);
                foreach (var entry in entries.Take(MostNodes))
                {
                    fileSystem.Lookup(node, entry.Name);
                    Try(() => pending.Push(fileSystem.GetNode(entry.NodeId)));
                }

                break;
        }
    }

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (DiskImageException)
        {
            // Refused by name, as it should be.
        }
    }

    private sealed class OneFile(IByteSource file) : IBackingFileResolver
    {
        public IByteSource Open(string name) => file;
    }

    private sealed class Keys : IDiskKeys
    {
        public static Keys All { get; } = new();

        public IEnumerable<ReadOnlyMemory<byte>> Find(EncryptedVolume volume) => [Encoding.UTF8.GetBytes("secret")];
    }
}
