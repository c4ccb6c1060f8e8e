using System.Buffers.Binary;

namespace Orchestration.DiskImages.Compression.Windows;

/// <summary>
/// Decompresses LZX as WIM archives and compressed system files of Windows have it: chunks of up to 32 KiB that know nothing of each other.
/// Rules: [MS-PATCH] with the changes of the WIM format: block sizes of 16 bits, and calls always translated, for a file of 12,000,000 bytes.
/// Not thread-safe.
/// </summary>
internal sealed class Lzx(string layer, long offset)
{
    private const int Literals = 256;
    private const int OffsetSlots = 30;
    private const int MainSymbols = Literals + OffsetSlots * 8;
    private const int LengthSymbols = 249;
    private const int AlignedSymbols = 8;
    private const int PrecodeSymbols = 20;
    private const int WholeBlock = 32768;

    private readonly byte[] _mainLengths = new byte[MainSymbols];
    private readonly byte[] _lengthLengths = new byte[LengthSymbols];
    private readonly HuffmanCode _main = new(MainSymbols);
    private readonly HuffmanCode _length = new(LengthSymbols);
    private readonly HuffmanCode _aligned = new(AlignedSymbols);
    private readonly int[] _recent = [1, 1, 1];

    private enum BlockType
    {
        Verbatim = 1,
        Aligned = 2,
        Uncompressed = 3,
    }

    /// <summary>Fills the destination.</summary>
    /// <param name="source">One chunk.</param>
    /// <param name="destination">At most 32 KiB.</param>
    /// <param name="layer">What an exception names.</param>
    /// <param name="offset">Where the chunk lies, for messages.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/> for a damaged chunk or one that holds less.</exception>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> destination, string layer, long offset)
    {
        new Lzx(layer, offset).Decompress(source, destination);
        UndoCallTranslation(destination);
    }

    private void Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var reader = new WordBitReader(source);
        for (var output = 0; output < destination.Length;)
        {
            var type = (BlockType)reader.Read(3);
            var size = reader.Read(1) == 1 ? WholeBlock : reader.Read(16);
            if (size == 0 || size > destination.Length - output)
            {
                throw Corrupt();
            }

            if (type == BlockType.Uncompressed)
            {
                CopyBlock(ref reader, destination.Slice(output, size));
            }
            else
            {
                ReadCodes(ref reader, type);
                DecodeBlock(ref reader, destination, output, output + size, type == BlockType.Aligned);
            }

            output += size;
        }
    }

    private void CopyBlock(ref WordBitReader reader, Span<byte> destination)
    {
        reader.AlignToNextWord();
        for (var index = 0; index < _recent.Length; index++)
        {
            _recent[index] = reader.ReadBytes(sizeof(int)) is { Length: sizeof(int) } stored && BinaryPrimitives.ReadInt32LittleEndian(stored) is > 0 and var recent ? recent : throw Corrupt();
        }

        var bytes = reader.ReadBytes(destination.Length);
        if (bytes.Length != destination.Length)
        {
            throw Corrupt();
        }

        bytes.CopyTo(destination);
        reader.ReadBytes(bytes.Length % 2);
    }

    private void ReadCodes(ref WordBitReader reader, BlockType type)
    {
        if (type is not (BlockType.Verbatim or BlockType.Aligned))
        {
            throw Corrupt();
        }

        if (type == BlockType.Aligned)
        {
            Span<byte> lengths = stackalloc byte[AlignedSymbols];
            foreach (ref var length in lengths)
            {
                length = (byte)reader.Read(3);
            }

            Require(_aligned.TryBuild(lengths));
        }

        ReadLengths(ref reader, _mainLengths.AsSpan(0, Literals));
        ReadLengths(ref reader, _mainLengths.AsSpan(Literals));
        Require(_main.TryBuild(_mainLengths));
        ReadLengths(ref reader, _lengthLengths);
        Require(_length.TryBuild(_lengthLengths));
    }

    // Lengths of codes are stored as what they differ by from those of the block before, modulo 17, in a code of their own.
    private void ReadLengths(ref WordBitReader reader, Span<byte> lengths)
    {
        const int Values = 17;
        Span<byte> precodeLengths = stackalloc byte[PrecodeSymbols];
        foreach (ref var length in precodeLengths)
        {
            length = (byte)reader.Read(4);
        }

        var precode = new HuffmanCode(PrecodeSymbols);
        Require(precode.TryBuild(precodeLengths));
        for (var index = 0; index < lengths.Length;)
        {
            var symbol = precode.Read(ref reader);
            var (run, difference) = symbol switch
            {
                < 0 => throw Corrupt(),
                17 => (4 + reader.Read(4), -1),
                18 => (20 + reader.Read(5), -1),
                19 => (4 + reader.Read(1), precode.Read(ref reader)),
                _ => (1, symbol),
            };
            Require(difference < Values && (difference >= 0 || symbol is 17 or 18));
            var value = difference < 0 ? 0 : (lengths[index] - difference + Values) % Values;
            for (; run > 0 && index < lengths.Length; run--)
            {
                lengths[index++] = (byte)value;
            }
        }
    }

    private void DecodeBlock(ref WordBitReader reader, Span<byte> destination, int output, int end, bool isAligned)
    {
        const int LongLength = 7;
        const int ShortestMatch = 2;
        while (output < end)
        {
            var symbol = _main.Read(ref reader);
            if (symbol is >= 0 and < Literals)
            {
                destination[output++] = (byte)symbol;
                continue;
            }

            Require(symbol >= 0);
            var length = symbol & 7;
            if (length == LongLength)
            {
                var more = _length.Read(ref reader);
                Require(more >= 0);
                length += more;
            }

            length += ShortestMatch;
            var distance = ReadDistance(ref reader, symbol - Literals >> 3, isAligned);
            Require(distance > 0 && distance <= output && length <= end - output);
            for (; length > 0; length--, output++)
            {
                destination[output] = destination[output - distance];
            }
        }
    }

    // The first three slots are the last three distances; the others grow by a bit with every second slot.
    private int ReadDistance(ref WordBitReader reader, int slot, bool isAligned)
    {
        const int AlignedBits = 3;
        const int Recent = 3;
        if (slot < Recent)
        {
            (_recent[0], _recent[slot]) = (_recent[slot], _recent[0]);
            return _recent[0];
        }

        var bits = Math.Max(0, slot / 2 - 1);
        var start = slot < 4 ? slot : 2 + slot % 2 << bits;
        int low;
        if (isAligned && bits >= AlignedBits)
        {
            low = reader.Read(bits - AlignedBits) << AlignedBits;
            var aligned = _aligned.Read(ref reader);
            Require(aligned >= 0);
            low |= aligned;
        }
        else
        {
            low = reader.Read(bits);
        }

        (_recent[2], _recent[1], _recent[0]) = (_recent[1], _recent[0], start + low - 2);
        return _recent[0];
    }

    // Before compression the relative targets of x86 calls were made absolute, since these repeat more often.
    private static void UndoCallTranslation(Span<byte> data)
    {
        const byte Call = 0xe8;
        const int FileSize = 12_000_000;
        const int Tail = 10;
        for (var at = 0; at < data.Length - Tail; at++)
        {
            if (data[at] != Call)
            {
                continue;
            }

            var target = data.Slice(at + 1, sizeof(int));
            var value = BinaryPrimitives.ReadInt32LittleEndian(target);
            if (value is >= 0 and < FileSize)
            {
                BinaryPrimitives.WriteInt32LittleEndian(target, value - at);
            }
            else if (value < 0 && value >= -at)
            {
                BinaryPrimitives.WriteInt32LittleEndian(target, value + FileSize);
            }

            at += sizeof(int);
        }
    }

    private void Require(bool condition)
    {
        if (!condition)
        {
            throw Corrupt();
        }
    }

    private DiskImageException Corrupt() => new(DiskImageError.Corrupt, layer, offset, "an LZX chunk is damaged");
}
