using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Mapping;

/// <summary>A format's tables: from virtual offsets to where and how the bytes are stored. Implementations are thread-safe.</summary>
internal interface IBlockMap
{
    /// <summary>How the virtual bytes from <paramref name="offset"/> on are stored: one run of 1 to <paramref name="limit"/> bytes.</summary>
    BlockRun Map(long offset, long limit);

    /// <summary>Asks for the tables of these virtual ranges, in as few round trips as can be, where they are not in memory.</summary>
    void PrefetchTables(IReadOnlyList<ByteRange> ranges);
}

/// <summary>The compressed blocks of an image. Implementations are thread-safe; threads decompress in parallel.</summary>
internal interface ICompressedBlocks
{
    /// <summary>Virtual bytes in a block; blocks begin at its multiples.</summary>
    int BlockSize { get; }

    /// <summary>Where the compressed bytes lie: an upper bound, clipped to the image.</summary>
    ByteRange Locate(long location);

    /// <summary>The decompressed block, which may end early where the disk does.</summary>
    byte[] Read(long location);
}
