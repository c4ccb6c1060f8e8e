using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Striping;

/// <summary>The missing member of a RAID 4 or 5: what all others give together. Thread-safe as they are.</summary>
internal sealed class ParityByteSource(IReadOnlyList<IByteSource> others) : IByteSource
{
    private const int PieceLength = 64 * 1024;

    public long Length { get; } = others.Min(other => other.Length);

    public void Read(long offset, Span<byte> buffer)
    {
        buffer.Clear();
        var piece = new byte[Math.Min(PieceLength, buffer.Length)];
        for (; !buffer.IsEmpty; offset += piece.Length)
        {
            var part = buffer[..Math.Min(piece.Length, buffer.Length)];
            foreach (var other in others)
            {
                other.Read(offset, piece.AsSpan(0, part.Length));
                ExclusiveOr.Apply(part, piece.AsSpan(0, part.Length));
            }

            buffer = buffer[part.Length..];
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        foreach (var other in others)
        {
            other.Prefetch(ranges);
        }
    }
}
