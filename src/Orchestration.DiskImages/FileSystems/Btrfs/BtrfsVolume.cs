using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Chunks;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Btrfs;

/// <summary>The nodes and data of a btrfs file system by logical address. Thread-safe.</summary>
internal sealed class BtrfsVolume
{
    public const string Layer = "btrfs";
    public const int MaximumLevels = 8;

    private const int CachedNodeBytes = 64 * 1024 * 1024;

    private readonly BoundedCache<ulong, TreeNode> _nodes;

    public BtrfsVolume(IReadOnlyDictionary<ulong, IByteSource> devices, BtrfsSuperblock superblock, WarningList warnings)
    {
        Superblock = superblock;
        Warnings = warnings;
        Chunks = new ChunkMap(devices);
        _nodes = new BoundedCache<ulong, TreeNode>(CachedNodeBytes / superblock.NodeSize);
        Chunks.AddSystemChunks(superblock.SystemChunks);
        foreach (var item in new BtrfsTree(this, superblock.ChunkTree).Read(default, BtrfsKey.Last).Where(item => item.Key.Type == ItemType.Chunk))
        {
            Chunks.Add(Chunk.Read(item.Key.Offset, item.Span, item.At, out _));
        }
    }

    public BtrfsSuperblock Superblock { get; }

    public WarningList Warnings { get; }

    public ChunkMap Chunks { get; }

    /// <summary>The node, from whichever copy is right.</summary>
    /// <exception cref="DiskImageException">No copy is.</exception>
    public TreeNode ReadNode(TreeRoot pointer)
    {
        if (!_nodes.TryGet(pointer.Logical, out var node))
        {
            node = ReadCopies(pointer.Logical, pointer);
            _nodes.Set(pointer.Logical, node);
        }

        return node.Level == pointer.Level && node.Generation == pointer.Generation
            ? node
            : throw Corrupt((long)pointer.Logical, $"a node is of level {node.Level} and generation {node.Generation}, expected {pointer.Level} and {pointer.Generation}");
    }

    public void PrefetchNodes(IEnumerable<TreeRoot> pointers) =>
        Chunks.Prefetch(pointers.Where(pointer => !_nodes.TryGet(pointer.Logical, out _)).Select(pointer => (pointer.Logical, (long)Superblock.NodeSize)));

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    public static DiskImageException Unsupported(long? offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);

    public static DiskImageException LimitExceeded(long? offset, string rule) => new(DiskImageError.LimitExceeded, Layer, offset, rule);

    private TreeNode ReadCopies(ulong logical, TreeRoot pointer)
    {
        DiskImageException? failure = null;
        var copies = Chunks.CopyCount(logical);
        for (var copy = 0; copy < copies; copy++)
        {
            try
            {
                var node = ReadCopy(logical, pointer, copy);
                if (failure is not null)
                {
                    Warnings.Add($"a copy of a node cannot be used, another is right: {failure.Rule}");
                }

                return node;
            }
            catch (DiskImageException exception) when (exception.Error is DiskImageError.Corrupt or DiskImageError.Unsupported)
            {
                failure ??= exception;
            }
        }

        throw failure ?? Corrupt((long)logical, "a node has no copy");
    }

    private TreeNode ReadCopy(ulong logical, TreeRoot pointer, int copy)
    {
        var bytes = new byte[Superblock.NodeSize];
        Chunks.Read(logical, bytes, copy);
        if (!Superblock.Checksum.IsValid(bytes))
        {
            throw Corrupt((long)logical, $"a node has a wrong checksum ({Superblock.Checksum})");
        }

        var found = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(48));
        var generation = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(80));
        if (found != logical || generation != pointer.Generation || !bytes.AsSpan(32, 16).SequenceEqual(Superblock.MetadataUuid))
        {
            throw Corrupt((long)logical, $"a node says to lie at {found} and to be of generation {generation}, expected {logical} and {pointer.Generation}, or is of another file system");
        }

        return new TreeNode(bytes, logical);
    }
}
