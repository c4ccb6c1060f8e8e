namespace Orchestration.DiskImages.Formats.Mapping;

internal enum BlockKind
{
    /// <summary>Not in this image: the parent shows through, or zeros where there is none.</summary>
    Unallocated,
    Zero,

    /// <summary>Stored as it is.</summary>
    Data,

    /// <summary>Within one block, stored compressed.</summary>
    Compressed,
}

/// <summary>A run of the virtual disk that is stored in one way.</summary>
/// <param name="Kind">How it is stored.</param>
/// <param name="Location">Stored offset of the first byte for data; what identifies the block to <see cref="ICompressedBlocks"/> for a compressed one.</param>
/// <param name="Length">Virtual bytes in the run.</param>
internal readonly record struct BlockRun(BlockKind Kind, long Location, long Length);
