using System.Buffers.Binary;

namespace Orchestration.DiskImages.Fuzz;

/// <summary>Damages images the way that finds mistakes in parsers: numbers become the borders of what they can be, structures move, the end goes missing.</summary>
internal sealed class Mutator(SeedImage seed)
{
    // Nothing parses the content of files, which consists of this in all seeds.
    private const byte Content = (byte)'Z';
    private const int HeadLength = 4096;

    private static readonly ulong[] Borders =
    [
        0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x1ff, 0x200, 0xfff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000,
        long.MaxValue, 1UL << 63, ulong.MaxValue, ulong.MaxValue - 511,
    ];

    private readonly int[] _interesting = [.. Enumerable.Range(0, seed.Bytes.Length).Where(index => seed.Bytes[index] is not (0 or Content or (byte)' '))];

    /// <summary>The image of that number: always the same.</summary>
    public byte[] Mutate(int number)
    {
        var random = new Random(number);
        var bytes = seed.Bytes.ToArray();
        for (var changes = 1 << random.Next(4); changes > 0; changes--)
        {
            Change(bytes, random);
        }

        // A checksum would hide most damage from the parsers behind it.
        if (random.Next(4) != 0)
        {
            seed.Repair?.Invoke(bytes);
        }

        return random.Next(16) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private void Change(byte[] bytes, Random random)
    {
        var at = random.Next(8) == 0 ? random.Next(Math.Min(HeadLength, bytes.Length)) : _interesting[random.Next(_interesting.Length)];
        var width = 1 << random.Next(4);
        at = Math.Min(at & -width, bytes.Length - width);
        var field = bytes.AsSpan(at, width);
        switch (random.Next(8))
        {
            case 0:
                field[random.Next(width)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                random.NextBytes(field);
                break;
            case 2:
                var length = Math.Min(random.Next(1, 512), bytes.Length - at);
                bytes.AsSpan(Math.Min(_interesting[random.Next(_interesting.Length)], bytes.Length - length), length).CopyTo(bytes.AsSpan(at));
                break;
            case 3:
                Write(field, Read(field) + (ulong)random.Next(-2, 3), random);
                break;
            case 4:
                Write(field, (ulong)bytes.Length / (ulong)(1 << random.Next(13)) + (ulong)random.Next(-1, 2), random);
                break;
            default:
                Write(field, Borders[random.Next(Borders.Length)] + (ulong)random.Next(2), random);
                break;
        }
    }

    private static ulong Read(ReadOnlySpan<byte> field)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        value.Clear();
        field.CopyTo(value);
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }

    private static void Write(Span<byte> field, ulong value, Random random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes[..field.Length].CopyTo(field);
        if (random.Next(2) == 0)
        {
            field.Reverse();
        }
    }
}
