using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Trees;

/// <summary>Where a tree begins.</summary>
/// <param name="Logical">Logical address of its root node.</param>
/// <param name="Generation">The transaction that wrote it.</param>
/// <param name="Level">Its height; 0 for a single leaf.</param>
internal readonly record struct TreeRoot(ulong Logical, ulong Generation, int Level);

/// <summary>A node of a tree: keys with pointers to nodes below, or in a leaf with items (struct btrfs_header and what follows).</summary>
internal sealed class TreeNode
{
    private const int HeaderLength = 101;
    private const int PointerLength = BtrfsKey.Length + 16;
    private const int ItemLength = BtrfsKey.Length + 8;

    private readonly byte[] _bytes;

    /// <exception cref="DiskImageException">Its entries are more than it has room for, or out of order.</exception>
    public TreeNode(byte[] bytes, ulong logical)
    {
        _bytes = bytes;
        Logical = logical;
        Count = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(96)), int.MaxValue);
        if (Count > (bytes.Length - HeaderLength) / EntryLength)
        {
            throw BtrfsVolume.Corrupt((long)logical, $"a node has {Count} entries in {bytes.Length} bytes");
        }

        for (var index = 1; index < Count; index++)
        {
            if (KeyAt(index) <= KeyAt(index - 1))
            {
                throw BtrfsVolume.Corrupt((long)logical, $"entry {index} of a node is out of order");
            }
        }
    }

    public ulong Logical { get; }

    public int Count { get; }

    public int Level => _bytes[100];

    public ulong Generation => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(80));

    private int EntryLength => Level == 0 ? ItemLength : PointerLength;

    public BtrfsKey KeyAt(int index) => ReadKey(Entry(index));

    /// <summary>The node below.</summary>
    public TreeRoot ChildAt(int index)
    {
        var entry = Entry(index)[BtrfsKey.Length..];
        return new TreeRoot(BinaryPrimitives.ReadUInt64LittleEndian(entry), BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]), Level - 1);
    }

    /// <summary>The item of a leaf.</summary>
    public TreeItem ItemAt(int index)
    {
        var entry = Entry(index)[BtrfsKey.Length..];
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        return (ulong)offset + size <= (ulong)(_bytes.Length - HeaderLength)
            ? new TreeItem(KeyAt(index), _bytes.AsMemory(HeaderLength + (int)offset, (int)size), (long)Logical)
            : throw BtrfsVolume.Corrupt((long)Logical, $"item {index} has {size} bytes at {offset} and leaves its leaf");
    }

    /// <summary>The last entry whose key is not after <paramref name="key"/>; -1 where all are.</summary>
    public int FindAtOrBefore(BtrfsKey key)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = KeyAt(middle) <= key ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    public static BtrfsKey ReadKey(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), (ItemType)bytes[8], BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..]));

    private ReadOnlySpan<byte> Entry(int index) => _bytes.AsSpan(HeaderLength + index * EntryLength, EntryLength);
}

/// <summary>An item of a tree.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="At">Logical address of its leaf, for messages.</param>
internal readonly record struct TreeItem(BtrfsKey Key, ReadOnlyMemory<byte> Bytes, long At)
{
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>Refuses an item that is shorter than its structure.</summary>
    public TreeItem RequireLength(int length) => Bytes.Length >= length
        ? this
        : throw BtrfsVolume.Corrupt(At, $"item ({Key.Object} {Key.Type} {Key.Offset}) has {Bytes.Length} bytes, expected at least {length}");
}
