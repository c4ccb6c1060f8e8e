using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems;

/// <summary>Reads bytes that are stored in runs of blocks.</summary>
internal static class ExtentContent
{
    /// <summary>The blocks that hold the bytes from <paramref name="offset"/> to <paramref name="end"/>.</summary>
    public static BlockSpan SpanOf(long offset, long end, int blockSize) => new(offset / blockSize, (end + blockSize - 1) / blockSize);

    /// <summary>Fills the buffer; what no extent covers becomes zeros.</summary>
    public static void Read(IByteSource source, int blockSize, List<FileExtent> extents, long offset, Span<byte> buffer)
    {
        var end = offset + buffer.Length;
        if (extents.Count > 1)
        {
            source.Prefetch([.. extents.Select(extent => extent.ToRange(blockSize, offset, end))]);
        }

        buffer.Clear();
        foreach (var extent in extents)
        {
            var start = Math.Max(offset, extent.LogicalBlock * blockSize);
            var stop = Math.Min(end, extent.LogicalEnd * blockSize);
            var position = extent.PhysicalBlock * blockSize + (start - extent.LogicalBlock * blockSize);
            source.Read(position, buffer[(int)(start - offset)..(int)(stop - offset)]);
        }
    }
}
