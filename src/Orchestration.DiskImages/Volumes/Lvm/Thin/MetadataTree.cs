using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Volumes.Lvm.Thin;

/// <summary>
/// B-trees from 64-bit keys to 64-bit values in blocks of 4 KiB. Structure: Linux, drivers/md/persistent-data/dm-btree-internal.h
/// (node_header, btree_node). Thread-safe.
/// </summary>
internal sealed class MetadataTree(IByteSource source)
{
    private const int BlockSize = 4096;
    private const int HeaderLength = 32;
    private const int CachedBlocks = 1024;
    private const int MaximumDepth = 16;
    private const uint NodeChecksumSalt = 121107;
    private const uint Leaf = 2;

    private readonly BoundedCache<long, Node> _nodes = new(CachedBlocks);

    /// <summary>The value of a key; null where there is none.</summary>
    /// <param name="root">Block of the root.</param>
    /// <param name="key">The key.</param>
    /// <param name="next">Where there is no value: no key between this one and <paramref name="next"/>, which is larger, has one either.</param>
    public ulong? Find(long root, long key, out long next)
    {
        next = long.MaxValue;
        var block = root;
        for (var depth = 0; depth < MaximumDepth; depth++)
        {
            var node = ReadNode(block);
            var index = node.FindLast(key);
            if (index + 1 < node.Keys.Length)
            {
                next = Math.Min(next, node.Keys[index + 1]);
            }

            if (node.IsLeaf || index < 0)
            {
                return index >= 0 && node.Keys[index] == key ? node.Values[index] : null;
            }

            block = (long)node.Values[index];
        }

        throw Corrupt(root, $"the tree is deeper than {MaximumDepth}");
    }

    /// <summary>Asks for the nodes that these keys, each from a first to a last, need, level by level.</summary>
    public void Prefetch(long root, IReadOnlyList<(long First, long Last)> wanted)
    {
        var level = new List<(long Block, long First, long Last)>(wanted.Select(range => (root, range.First, range.Last)));
        for (var depth = 0; depth < MaximumDepth && level.Count > 0; depth++)
        {
            var missing = level.Select(item => item.Block).Distinct().Where(block => !_nodes.TryGet(block, out _)).Take(CachedBlocks / 2).ToList();
            source.Prefetch([.. missing.Select(block => new ByteRange(block * BlockSize, BlockSize))]);
            level = [.. level.Take(CachedBlocks / 2).SelectMany(Children)];
        }
    }

    public byte[] ReadBlock(long block, uint salt)
    {
        if (block < 0 || block >= source.Length / BlockSize)
        {
            throw Corrupt(block, "the block lies outside the metadata");
        }

        var bytes = source.ReadBytes(block * BlockSize, BlockSize);
        var checksum = Crc32C.Append(uint.MaxValue, bytes.AsSpan(sizeof(uint))) ^ salt;
        return checksum == BinaryPrimitives.ReadUInt32LittleEndian(bytes) && BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)) == block
            ? bytes
            : throw Corrupt(block, $"checksum 0x{checksum:x8}, expected 0x{BinaryPrimitives.ReadUInt32LittleEndian(bytes):x8}, or the block belongs elsewhere");
    }

    private IEnumerable<(long Block, long First, long Last)> Children((long Block, long First, long Last) item)
    {
        var node = ReadNode(item.Block);
        for (var index = Math.Max(0, node.FindLast(item.First)); !node.IsLeaf && index < node.Keys.Length && node.Keys[index] <= item.Last; index++)
        {
            yield return ((long)node.Values[index], item.First, item.Last);
        }
    }

    private Node ReadNode(long block) => _nodes.GetOrAdd(block, Parse);

    private Node Parse(long block)
    {
        var bytes = ReadBlock(block, NodeChecksumSalt);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(16));
        var capacity = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(20));
        var valueSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(24));
        const int Most = (BlockSize - HeaderLength) / (2 * sizeof(ulong));
        if (count > capacity || capacity > Most || valueSize != sizeof(ulong))
        {
            throw Corrupt(block, $"{count} of {capacity} entries with values of {valueSize} bytes; at most {Most} with values of 8 bytes are expected");
        }

        var keys = new long[count];
        var values = new ulong[count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(HeaderLength + i * sizeof(ulong)));
            values[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(HeaderLength + ((int)capacity + i) * sizeof(ulong)));
            if (keys[i] < 0 || (i > 0 && keys[i] <= keys[i - 1]))
            {
                throw Corrupt(block, "keys are not in order");
            }
        }

        return new Node((BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)) & Leaf) != 0, keys, values);
    }

    private static DiskImageException Corrupt(long block, string rule) => new(DiskImageError.Corrupt, ThinPoolMetadata.Layer, null, $"metadata block {block}: {rule}");

    private sealed record Node(bool IsLeaf, long[] Keys, ulong[] Values)
    {
        /// <summary>Index of the last key that is not larger; -1 where all are.</summary>
        public int FindLast(long key)
        {
            var index = Array.BinarySearch(Keys, key);
            return index >= 0 ? index : ~index - 1;
        }
    }
}
