using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;

namespace Orchestration.Inspection.Mapping;

/// <summary>A contiguous part of a disk as bytes of its own.</summary>
internal sealed class VolumeSource(IByteSource disk, long start, long length) : IByteSource
{
    public long Length => length;

    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > length - buffer.Length)
        {
            throw new DiskImageException(
                DiskImageError.Corrupt, "volume", offset, $"expected a range within {length} bytes, found {buffer.Length} bytes at {offset}");
        }

        disk.Read(start + offset, buffer);
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges) => disk.Prefetch(
    [
        .. from range in ranges
           let first = Math.Clamp(range.Offset, 0, length)
           let end = Math.Clamp(range.End, first, length)
           where end > first
           select new ByteRange(start + first, end - first),
    ]);
}
