using System.Buffers.Binary;
using System.Numerics;

namespace Orchestration.Inspection.Windows.Registry;

/// <summary>The Marvin32 hash with the seed that Windows uses for the entries of registry logs.</summary>
internal static class Marvin32
{
    private const uint LowSeed = 0x7A4E55C5;
    private const uint HighSeed = 0x82EF4D88;

    /// <returns>The first word in the low half, the second in the high half, as they are stored.</returns>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var (low, high) = (LowSeed, HighSeed);
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            low += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            Mix(ref low, ref high);
        }

        // What is left is ended by a byte of 0x80.
        Span<byte> last = stackalloc byte[4];
        bytes.CopyTo(last);
        last[bytes.Length] = 0x80;
        low += BinaryPrimitives.ReadUInt32LittleEndian(last);
        Mix(ref low, ref high);
        Mix(ref low, ref high);
        return ((ulong)high << 32) | low;
    }

    private static void Mix(ref uint low, ref uint high)
    {
        high ^= low;
        low = BitOperations.RotateLeft(low, 20) + high;
        high = BitOperations.RotateLeft(high, 9) ^ low;
        low = BitOperations.RotateLeft(low, 27) + high;
        high = BitOperations.RotateLeft(high, 19);
    }
}
