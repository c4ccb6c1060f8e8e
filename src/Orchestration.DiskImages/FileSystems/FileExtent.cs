using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems;

/// <summary>A run of a file's blocks that is stored contiguously. What no extent covers reads as zeros.</summary>
/// <param name="LogicalBlock">First block within the file.</param>
/// <param name="PhysicalBlock">First block on the volume.</param>
/// <param name="Count">Number of blocks.</param>
internal readonly record struct FileExtent(long LogicalBlock, long PhysicalBlock, long Count)
{
    public long LogicalEnd => LogicalBlock + Count;

    /// <summary>Where the part of it lies that holds the file's bytes from <paramref name="offset"/> to <paramref name="end"/>.</summary>
    public ByteRange ToRange(int blockSize, long offset, long end)
    {
        var start = Math.Max(offset, LogicalBlock * blockSize);
        var stop = Math.Min(end, LogicalEnd * blockSize);
        return new ByteRange(PhysicalBlock * blockSize + (start - LogicalBlock * blockSize), stop - start);
    }
}

/// <summary>A range of a file's blocks that is wanted.</summary>
internal readonly record struct BlockSpan(long First, long End)
{
    public bool Overlaps(long first, long end) => first < End && end > First;

    /// <summary>Adds the part of the run that is wanted, joined to the one before where they are contiguous.</summary>
    public void AddOverlap(List<FileExtent> extents, FileExtent run)
    {
        var first = Math.Max(First, run.LogicalBlock);
        var end = Math.Min(End, run.LogicalEnd);
        if (first >= end)
        {
            return;
        }

        var part = new FileExtent(first, run.PhysicalBlock + (first - run.LogicalBlock), end - first);
        if (extents.Count > 0 && extents[^1] is var last && last.LogicalEnd == part.LogicalBlock && last.PhysicalBlock + last.Count == part.PhysicalBlock)
        {
            extents[^1] = last with { Count = last.Count + part.Count };
        }
        else
        {
            extents.Add(part);
        }
    }
}
