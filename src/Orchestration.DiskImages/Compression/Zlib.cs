using System.IO.Compression;

namespace Orchestration.DiskImages.Compression;

/// <summary>Decompresses zlib streams. Rules: RFC 1950.</summary>
internal static class Zlib
{
    /// <summary>Decompresses the stream at the start of <paramref name="source"/> until it ends or the destination is full. Returns the number of bytes written.</summary>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/> for a damaged stream.</exception>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination, string layer, long offset)
    {
        try
        {
            using var inflater = new ZLibStream(new MemoryStream(source.ToArray()), CompressionMode.Decompress);
            return inflater.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException exception)
        {
            throw new DiskImageException(DiskImageError.Corrupt, layer, offset, "data is not a zlib stream", exception);
        }
    }
}
