namespace Orchestration.DiskImages.Formats.Mapping;

/// <summary>Bitmaps with a bit for each sector.</summary>
internal static class SectorBitmap
{
    /// <summary>The value of bit <paramref name="first"/>, and how many from there on have it, at most <paramref name="limit"/>.</summary>
    /// <param name="bitmap">The bits.</param>
    /// <param name="first">Number of the first bit.</param>
    /// <param name="limit">Most bits to count.</param>
    /// <param name="highBitFirst">Whether bit 0 is the highest of its byte, as in VHD, or the lowest, as in VHDX.</param>
    public static (bool Set, long Count) MeasureRun(ReadOnlySpan<byte> bitmap, int first, long limit, bool highBitFirst)
    {
        var set = IsSet(bitmap, first, highBitFirst);
        var end = (int)Math.Min(bitmap.Length * 8L, first + limit);
        var uniform = set ? (byte)0xff : (byte)0;
        var bit = first + 1;
        while (bit < end)
        {
            if (bit % 8 == 0 && bitmap[bit / 8] == uniform)
            {
                bit += 8;
            }
            else if (IsSet(bitmap, bit, highBitFirst) == set)
            {
                bit++;
            }
            else
            {
                break;
            }
        }

        return (set, Math.Min(bit, end) - first);
    }

    private static bool IsSet(ReadOnlySpan<byte> bitmap, int bit, bool highBitFirst) =>
        (bitmap[bit / 8] >> (highBitFirst ? 7 - bit % 8 : bit % 8) & 1) != 0;
}
