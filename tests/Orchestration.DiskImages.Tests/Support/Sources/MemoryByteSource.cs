using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Tests.Support.Sources;

/// <summary>Bytes in memory, and a record of what was asked for.</summary>
internal sealed class MemoryByteSource(byte[] bytes) : IByteSource
{
    public byte[] Bytes => bytes;

    public long Length => bytes.Length;

    public List<ByteRange> Prefetched { get; } = [];

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        lock (Prefetched)
        {
            Prefetched.AddRange(ranges);
        }
    }
}
