using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Fuzz;

/// <summary>Bytes in memory.</summary>
internal sealed class MemoryDisk(ReadOnlyMemory<byte> bytes) : IByteSource
{
    public long Length => bytes.Length;

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        bytes.Span.Slice((int)offset, buffer.Length).CopyTo(buffer);
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
    }
}
