using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Orchestration.DiskImages.FileSystems.Ext.Mapping;

/// <summary>Maps the blocks of inodes without extents: twelve direct pointers, then single, double and triple indirect blocks.</summary>
internal sealed class IndirectBlocks(ExtVolume volume)
{
    private const int DirectCount = 12;
    private const int MaximumDepth = 3;

    private int PointersPerBlock => volume.BlockSize / sizeof(uint);

    /// <summary>The stored runs of the file within <paramref name="wanted"/>, in order.</summary>
    public List<FileExtent> Map(ExtInode inode, BlockSpan wanted)
    {
        var extents = new List<FileExtent>();
        var pointers = inode.BlockArea;
        for (var index = 0; index < DirectCount; index++)
        {
            Add(Pointer(pointers, index), 0, index, wanted, inode.Offset, extents);
        }

        long first = DirectCount;
        long span = 1;
        for (var depth = 1; depth <= MaximumDepth; depth++)
        {
            span *= PointersPerBlock;
            Add(Pointer(pointers, DirectCount + depth - 1), depth, first, wanted, inode.Offset, extents);
            first += span;
        }

        return extents;
    }

    /// <summary>The indirect blocks that the inode itself points to and that are needed for <paramref name="wanted"/>.</summary>
    public IEnumerable<long> NodesBelowRoot(ExtInode inode, BlockSpan wanted)
    {
        var blocks = new List<long>();
        long first = DirectCount;
        long span = 1;
        for (var depth = 1; depth <= MaximumDepth; depth++)
        {
            span *= PointersPerBlock;
            if (wanted.Overlaps(first, first + span) && Pointer(inode.BlockArea, DirectCount + depth - 1) is not 0 and var block)
            {
                blocks.Add(block);
            }

            first += span;
        }

        return blocks;
    }

    /// <param name="pointer">A block of data at depth 0, of pointers above; 0 for a hole.</param>
    /// <param name="depth">Levels of pointers below.</param>
    /// <param name="first">First block of the file that it covers.</param>
    /// <param name="wanted">What to map.</param>
    /// <param name="at">Where the pointer stands.</param>
    /// <param name="extents">Receives the runs.</param>
    private void Add(long pointer, int depth, long first, BlockSpan wanted, long at, List<FileExtent> extents)
    {
        long span = 1;
        for (var level = 0; level < depth; level++)
        {
            span *= PointersPerBlock;
        }

        if (pointer == 0 || !wanted.Overlaps(first, first + span))
        {
            return;
        }

        volume.RequireBlocks(pointer, 1, at);
        if (depth == 0)
        {
            wanted.AddOverlap(extents, new FileExtent(first, pointer, 1));
            return;
        }

        var block = volume.ReadBlock(pointer);
        var childSpan = span / PointersPerBlock;
        var from = (int)Math.Max(0, (wanted.First - first) / childSpan);
        var to = (int)Math.Min(PointersPerBlock, (wanted.End - first + childSpan - 1) / childSpan);
        if (depth > 1)
        {
            volume.PrefetchBlocks(MemoryMarshal.Cast<byte, uint>(block)[from..to].ToArray().Select(child => (long)child));
        }

        for (var index = from; index < to; index++)
        {
            Add(Pointer(block, index), depth - 1, first + index * childSpan, wanted, pointer * volume.BlockSize, extents);
        }
    }

    private static long Pointer(ReadOnlySpan<byte> pointers, int index) => BinaryPrimitives.ReadUInt32LittleEndian(pointers[(index * sizeof(uint))..]);
}
