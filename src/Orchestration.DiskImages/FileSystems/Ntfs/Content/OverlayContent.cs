using System.Buffers.Binary;
using Orchestration.DiskImages.Compression.Windows;
using Orchestration.DiskImages.FileSystems.Ntfs.Records;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Ntfs.Content;

/// <summary>
/// Reads files that the Windows Overlay Filter compresses (CompactOS): chunks in a named stream, after a table of where each but the first
/// begins. Rules: [MS-FSCC] section 2.1.2 and the structures WOF_EXTERNAL_INFO and FILE_PROVIDER_EXTERNAL_INFO. Thread-safe.
/// </summary>
internal sealed class OverlayContent(AttributeContent content)
{
    private const string StreamName = "WofCompressedData";
    private const int ProviderOffset = 12;
    private const int AlgorithmOffset = 20;
    private const uint FileProvider = 2;
    private const int CachedBytes = 8 << 20;

    private readonly BoundedCache<(long File, long Chunk), byte[]> _chunks = new(CachedBytes, chunk => chunk.Length);

    private enum Algorithm : uint
    {
        Xpress4K = 0,
        Lzx32K = 1,
        Xpress8K = 2,
        Xpress16K = 3,
    }

    /// <summary>Fills the buffer; the caller has clipped the range to the size of the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="reparsePoint">The value of its reparse point.</param>
    /// <param name="size">Bytes of the file, decompressed.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="buffer">What to fill.</param>
    public void Read(NtfsFile file, ReadOnlySpan<byte> reparsePoint, long size, long offset, Span<byte> buffer)
    {
        var algorithm = ReadAlgorithm(file, reparsePoint);
        var stream = file.Find(AttributeType.Data, StreamName) ?? throw NtfsVolume.Corrupt(file.At, $"file {file.Number} is compressed, but has no stream {StreamName}");
        var chunkSize = algorithm switch { Algorithm.Xpress4K => 4096, Algorithm.Xpress8K => 8192, Algorithm.Xpress16K => 16384, _ => 32768 };
        while (!buffer.IsEmpty)
        {
            var number = offset / chunkSize;
            var chunk = _chunks.GetOrAdd((file.Number, number), _ => ReadChunk(file, stream, algorithm, chunkSize, size, number));
            var start = (int)(offset % chunkSize);
            var part = chunk.AsSpan(start, Math.Min(buffer.Length, chunk.Length - start));
            part.CopyTo(buffer);
            offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    /// <summary>The stream that holds the content; null where there is none.</summary>
    public static NtfsAttribute? FindStream(NtfsFile file) => file.Find(AttributeType.Data, StreamName);

    private static Algorithm ReadAlgorithm(NtfsFile file, ReadOnlySpan<byte> reparsePoint)
    {
        var provider = reparsePoint.Length < AlgorithmOffset + sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(reparsePoint[ProviderOffset..]);
        var algorithm = provider == 0 ? default : (Algorithm)BinaryPrimitives.ReadUInt32LittleEndian(reparsePoint[AlgorithmOffset..]);
        return provider == FileProvider && algorithm <= Algorithm.Xpress16K
            ? algorithm
            : throw NtfsVolume.Unsupported(file.At, $"file {file.Number} is stored by provider {provider} of the Overlay Filter with algorithm {algorithm}; only files compressed in place (provider 2) can be read");
    }

    private byte[] ReadChunk(NtfsFile file, NtfsAttribute stream, Algorithm algorithm, int chunkSize, long size, long number)
    {
        var count = (size + chunkSize - 1) / chunkSize;
        var entryLength = size > uint.MaxValue ? sizeof(ulong) : sizeof(uint);
        var table = (count - 1) * entryLength;
        var start = table + ReadEntry(file, stream, number - 1, entryLength);
        var end = number == count - 1 ? stream.Size : table + ReadEntry(file, stream, number, entryLength);
        var chunk = new byte[Math.Min(chunkSize, size - number * chunkSize)];
        if (start < table || end <= start || end > stream.Size || end - start > chunk.Length)
        {
            throw NtfsVolume.Corrupt(file.At, $"chunk {number} of file {file.Number} lies from {start} to {end} of {stream.Size} bytes, for {chunk.Length}");
        }

        if (end - start == chunk.Length)
        {
            content.Read(stream, start, chunk);
            return chunk;
        }

        var stored = new byte[end - start];
        content.Read(stream, start, stored);
        if (algorithm == Algorithm.Lzx32K)
        {
            Lzx.Decompress(stored, chunk, NtfsVolume.Layer, file.At);
        }
        else
        {
            XpressHuffman.Decompress(stored, chunk, NtfsVolume.Layer, file.At);
        }

        return chunk;
    }

    // The first chunk begins where the table ends, and has no entry.
    private long ReadEntry(NtfsFile file, NtfsAttribute stream, long index, int length)
    {
        if (index < 0)
        {
            return 0;
        }

        Span<byte> entry = stackalloc byte[sizeof(ulong)];
        entry.Clear();
        if ((index + 1) * length > stream.Size)
        {
            throw NtfsVolume.Corrupt(file.At, $"the table of chunks of file {file.Number} has no entry {index} in {stream.Size} bytes");
        }

        content.Read(stream, index * length, entry[..length]);
        return (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(entry), long.MaxValue / 4);
    }
}
