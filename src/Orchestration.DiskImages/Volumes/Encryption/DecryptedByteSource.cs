using System.Buffers;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Encryption;

/// <summary>The plain bytes of an encrypted source. Thread-safe as that is.</summary>
/// <param name="source">The encrypted bytes.</param>
/// <param name="cipher">Decrypts them.</param>
/// <param name="sectorSize">Bytes in a sector: 512 to 4096. A last part of a sector is left out.</param>
/// <param name="firstSector">Number of the first sector, in units of 512 bytes.</param>
internal sealed class DecryptedByteSource(IByteSource source, SectorCipher cipher, int sectorSize, long firstSector) : IByteSource
{
    private const int PieceLength = 256 * 1024;

    public long Length { get; } = source.Length / sectorSize * sectorSize;

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        if (buffer.IsEmpty)
        {
            return;
        }

        var piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceLength, (buffer.Length + 2L * sectorSize) / sectorSize * sectorSize));
        try
        {
            while (!buffer.IsEmpty)
            {
                var start = offset / sectorSize * sectorSize;
                var within = (int)(offset - start);
                var length = Math.Min(piece.Length / sectorSize * sectorSize, (within + buffer.Length + sectorSize - 1) / sectorSize * sectorSize);
                var sectors = piece.AsSpan(0, length);
                source.Read(start, sectors);
                cipher.Decrypt(firstSector + start / 512, sectors, sectorSize);
                var part = sectors[within..];
                part = part[..Math.Min(part.Length, buffer.Length)];
                part.CopyTo(buffer);
                offset += part.Length;
                buffer = buffer[part.Length..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece, clearArray: true);
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges) => source.Prefetch(
        [.. ranges.Select(range => new ByteRange(range.Offset / sectorSize * sectorSize, range.Offset % sectorSize + range.Length + sectorSize))]);
}
