using System.Buffers.Binary;

namespace Orchestration.DiskImages.Compression.Windows;

/// <summary>Decompresses LZNT1, the compression of NTFS. Rules: [MS-XCA] section 2.5.</summary>
internal static class Lznt1
{
    private const int ChunkLength = 4096;

    /// <summary>Decompresses chunk after chunk until one is empty; what they do not fill stays as it is. Returns the number of bytes written.</summary>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/> for a damaged stream or one that does not fit.</exception>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination, string layer, long offset)
    {
        const int HeaderLength = 2;
        const int CompressedFlag = 0x8000;
        var written = 0;
        while (source.Length >= HeaderLength && written < destination.Length && BinaryPrimitives.ReadUInt16LittleEndian(source) is not 0 and var header)
        {
            var length = (header & 0xfff) + 1;
            if (length > source.Length - HeaderLength)
            {
                throw Corrupt(layer, offset);
            }

            var chunk = source.Slice(HeaderLength, length);
            var target = destination.Slice(written, Math.Min(ChunkLength, destination.Length - written));
            if ((header & CompressedFlag) != 0)
            {
                // A chunk that ends early is followed by zeros up to its full length, unless it is the last.
                var filled = DecompressChunk(chunk, target, layer, offset);
                target[filled..].Clear();
            }
            else
            {
                chunk[..Math.Min(length, target.Length)].CopyTo(target);
            }

            written += target.Length;
            source = source[(HeaderLength + length)..];
        }

        return written;
    }

    private static int DecompressChunk(ReadOnlySpan<byte> chunk, Span<byte> target, string layer, long offset)
    {
        const int TagsPerByte = 8;
        const int ShortestMatch = 3;
        var output = 0;
        for (var input = 0; input < chunk.Length;)
        {
            int tags = chunk[input++];
            for (var tag = 0; tag < TagsPerByte && input < chunk.Length; tag++, tags >>= 1)
            {
                if ((tags & 1) == 0)
                {
                    target[output < target.Length ? output : throw Corrupt(layer, offset)] = chunk[input++];
                    output++;
                    continue;
                }

                if (chunk.Length - input < 2 || output == 0)
                {
                    throw Corrupt(layer, offset);
                }

                // The further on in the chunk, the more bits of the pair are distance and the fewer length.
                var pair = BinaryPrimitives.ReadUInt16LittleEndian(chunk[input..]);
                input += 2;
                var lengthBits = 12;
                for (var reach = output - 1; reach >= 0x10; reach >>= 1)
                {
                    lengthBits--;
                }

                var length = (pair & (1 << lengthBits) - 1) + ShortestMatch;
                var distance = (pair >> lengthBits) + 1;
                if (distance > output || length > target.Length - output)
                {
                    throw Corrupt(layer, offset);
                }

                for (; length > 0; length--, output++)
                {
                    target[output] = target[output - distance];
                }
            }
        }

        return output;
    }

    private static DiskImageException Corrupt(string layer, long offset) => new(DiskImageError.Corrupt, layer, offset, "an LZNT1 stream is damaged");
}
