using System.Buffers.Binary;

namespace Orchestration.DiskImages.Compression.Windows;

/// <summary>Decompresses XPRESS with Huffman codes. Rules: [MS-XCA] section 2.1.</summary>
internal static class XpressHuffman
{
    private const int Symbols = 512;
    private const int Literals = 256;

    /// <summary>Fills the destination.</summary>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/> for a damaged stream or one that holds less.</exception>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> destination, string layer, long offset)
    {
        const int LongLength = 15;
        const int ShortestMatch = 3;
        Span<byte> lengths = stackalloc byte[Symbols];
        for (var index = 0; index < Symbols; index++)
        {
            lengths[index] = index / 2 < source.Length ? (byte)(source[index / 2] >> index % 2 * 4 & 0xf) : (byte)0;
        }

        var code = new HuffmanCode(Symbols);
        if (source.Length < Symbols / 2 || !code.TryBuild(lengths))
        {
            throw Corrupt(layer, offset);
        }

        var reader = new WordBitReader(source[(Symbols / 2)..]);
        for (var output = 0; output < destination.Length;)
        {
            var symbol = code.Read(ref reader);
            if (symbol is >= 0 and < Literals)
            {
                destination[output++] = (byte)symbol;
                continue;
            }

            reader.Ensure(16);
            var offsetBits = symbol >> 4 & 0xf;
            var distance = 1 << offsetBits | reader.Peek(offsetBits);
            reader.Skip(offsetBits);
            var length = symbol & 0xf;
            if (symbol < 0 || length == LongLength && (length = ReadLength(ref reader)) < 0 || distance > output || length + ShortestMatch > destination.Length - output)
            {
                throw Corrupt(layer, offset);
            }

            for (length += ShortestMatch; length > 0; length--, output++)
            {
                destination[output] = destination[output - distance];
            }
        }
    }

    // A byte of more length, or where that is full all of it in a word. Negative where the stream ends.
    private static int ReadLength(ref WordBitReader reader)
    {
        const int LongLength = 15;
        return reader.ReadBytes(1) switch
        {
            [byte.MaxValue] => reader.ReadBytes(2) is { Length: 2 } word ? BinaryPrimitives.ReadUInt16LittleEndian(word) : -1,
            [var more] => LongLength + more,
            _ => -1,
        };
    }

    private static DiskImageException Corrupt(string layer, long offset) => new(DiskImageError.Corrupt, layer, offset, "an XPRESS stream is damaged");
}
