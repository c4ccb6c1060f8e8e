using System.Buffers.Binary;

namespace Orchestration.DiskImages.Compression;

/// <summary>Decompresses LZO1X, as btrfs, squashfs and others store it. Rules: Linux, Documentation/staging/lzo.rst.</summary>
public static class Lzo
{
    /// <summary>Decompresses all of <paramref name="source"/> and returns the number of bytes written.</summary>
    /// <param name="source">The stream, as long as its length field says.</param>
    /// <param name="destination">Where its content goes; may be longer.</param>
    /// <param name="layer">What an exception names.</param>
    /// <param name="offset">Where it lies, for messages.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/> for a damaged stream or one that does not fit.</exception>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination, string layer, long offset)
    {
        var input = 0;
        var output = 0;

        // How many literals the last instruction was followed by: 0 to 3, or 4 for a run of its own.
        var state = 0;
        if (source.Length > 0 && source[0] > 17)
        {
            var count = source[0] - 17;
            input = 1;
            CopyLiterals(source, destination, ref input, ref output, count, layer, offset);
            state = Math.Min(count, 4);
        }

        while (true)
        {
            var instruction = Next(source, ref input, layer, offset);
            int length;
            int distance;
            int trailing;
            if (instruction >= 64)
            {
                length = (instruction >> 5) + 1;
                distance = (Next(source, ref input, layer, offset) << 3) + (instruction >> 2 & 7) + 1;
                trailing = instruction & 3;
            }
            else if (instruction >= 16)
            {
                var isNear = instruction >= 32;
                length = ReadLength(source, ref input, instruction, isNear ? 31 : 7, layer, offset) + 2;
                var low = Next(source, ref input, layer, offset);
                var word = low | Next(source, ref input, layer, offset) << 8;
                distance = (word >> 2) + (isNear ? 1 : 16384 + ((instruction & 8) << 11));
                trailing = low & 3;
                if (!isNear && distance == 16384)
                {
                    return length == 3 ? output : throw Corrupt(layer, offset);
                }
            }
            else if (state == 0)
            {
                CopyLiterals(source, destination, ref input, ref output, ReadLength(source, ref input, instruction, 15, layer, offset) + 3, layer, offset);
                state = 4;
                continue;
            }
            else
            {
                length = state == 4 ? 3 : 2;
                distance = (instruction >> 2) + (Next(source, ref input, layer, offset) << 2) + (state == 4 ? 2049 : 1);
                trailing = instruction & 3;
            }

            if (distance > output || length > destination.Length - output)
            {
                throw Corrupt(layer, offset);
            }

            for (; length > 0; length--, output++)
            {
                destination[output] = destination[output - distance];
            }

            state = trailing;
            CopyLiterals(source, destination, ref input, ref output, trailing, layer, offset);
        }
    }

    /// <summary>Decompresses btrfs's framing: the total length, then segments with a length each, whose lengths never cross the end of a sector.</summary>
    public static int DecompressSegments(ReadOnlySpan<byte> source, Span<byte> destination, int sectorSize, string layer, long offset)
    {
        const int LengthLength = 4;
        var total = source.Length < LengthLength ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (total < LengthLength || total > source.Length)
        {
            throw Corrupt(layer, offset);
        }

        var output = 0;
        for (var input = LengthLength; input < total && output < destination.Length;)
        {
            var left = sectorSize - input % sectorSize;
            input += left < LengthLength ? left : 0;
            var length = input <= total - LengthLength ? BinaryPrimitives.ReadUInt32LittleEndian(source[input..]) : uint.MaxValue;
            input += LengthLength;
            if (length == 0 || length > total - input)
            {
                throw Corrupt(layer, offset);
            }

            var room = Math.Min(sectorSize, destination.Length - output);
            output += Decompress(source.Slice(input, (int)length), destination.Slice(output, room), layer, offset);
            input += (int)length;
        }

        return output;
    }

    // A length that does not fit the instruction goes on in following bytes, 255 for each zero among them.
    private static int ReadLength(ReadOnlySpan<byte> source, ref int input, int instruction, int mask, string layer, long offset)
    {
        const int Longest = 1 << 24;
        var length = instruction & mask;
        if (length != 0)
        {
            return length;
        }

        length = mask;
        byte next;
        while ((next = Next(source, ref input, layer, offset)) == 0)
        {
            length = length < Longest ? length + 255 : throw Corrupt(layer, offset);
        }

        return length + next;
    }

    private static byte Next(ReadOnlySpan<byte> source, ref int input, string layer, long offset) =>
        input < source.Length ? source[input++] : throw Corrupt(layer, offset);

    private static void CopyLiterals(ReadOnlySpan<byte> source, Span<byte> destination, ref int input, ref int output, int count, string layer, long offset)
    {
        if (count > source.Length - input || count > destination.Length - output)
        {
            throw Corrupt(layer, offset);
        }

        source.Slice(input, count).CopyTo(destination[output..]);
        input += count;
        output += count;
    }

    private static DiskImageException Corrupt(string layer, long offset) => new(DiskImageError.Corrupt, layer, offset, "an LZO stream is damaged");
}
