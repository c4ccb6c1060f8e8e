using System.Buffers.Binary;

namespace Orchestration.DiskImages.Compression;

/// <summary>Decompresses blocks of LZ4. Rules: lz4, doc/lz4_Block_format.md.</summary>
public static class Lz4
{
    /// <summary>Decompresses all of <paramref name="source"/>, a block without a frame, and returns the number of bytes written.</summary>
    /// <param name="source">The block.</param>
    /// <param name="destination">Where its content goes; may be longer.</param>
    /// <param name="layer">What an exception names.</param>
    /// <param name="offset">Where the block lies, for messages.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/> for a damaged block or one that does not fit.</exception>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination, string layer, long offset)
    {
        const int LongRun = 15;
        const int ShortestMatch = 4;
        var input = 0;
        var output = 0;
        while (input < source.Length)
        {
            int token = source[input++];
            var literals = token >> 4 == LongRun ? ReadLength(source, ref input, LongRun, layer, offset) : token >> 4;
            if (literals > source.Length - input || literals > destination.Length - output)
            {
                throw Corrupt(layer, offset);
            }

            source.Slice(input, literals).CopyTo(destination[output..]);
            input += literals;
            output += literals;
            if (input == source.Length)
            {
                return output;
            }

            if (source.Length - input < 2)
            {
                throw Corrupt(layer, offset);
            }

            int distance = BinaryPrimitives.ReadUInt16LittleEndian(source[input..]);
            input += 2;
            var length = ShortestMatch + ((token & LongRun) == LongRun ? ReadLength(source, ref input, LongRun, layer, offset) : token & LongRun);
            if (distance == 0 || distance > output || length > destination.Length - output)
            {
                throw Corrupt(layer, offset);
            }

            for (; length > 0; length--, output++)
            {
                destination[output] = destination[output - distance];
            }
        }

        // The last sequence has literals only.
        throw Corrupt(layer, offset);
    }

    // A length that does not fit the token goes on in following bytes, up to one that is not 255.
    private static int ReadLength(ReadOnlySpan<byte> source, ref int input, int length, string layer, long offset)
    {
        const int Longest = 1 << 28;
        byte next;
        do
        {
            next = input < source.Length && length < Longest ? source[input++] : throw Corrupt(layer, offset);
            length += next;
        }
        while (next == byte.MaxValue);

        return length;
    }

    private static DiskImageException Corrupt(string layer, long offset) => new(DiskImageError.Corrupt, layer, offset, "an LZ4 block is damaged");
}
