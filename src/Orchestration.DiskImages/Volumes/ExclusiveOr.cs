using System.Numerics;
using System.Runtime.InteropServices;

namespace Orchestration.DiskImages.Volumes;

internal static class ExclusiveOr
{
    /// <summary>Combines each byte of <paramref name="target"/> with that of <paramref name="value"/>, which is as long.</summary>
    public static void Apply(Span<byte> target, ReadOnlySpan<byte> value)
    {
        var targetVectors = MemoryMarshal.Cast<byte, Vector<byte>>(target);
        var valueVectors = MemoryMarshal.Cast<byte, Vector<byte>>(value);
        for (var i = 0; i < targetVectors.Length; i++)
        {
            targetVectors[i] ^= valueVectors[i];
        }

        for (var i = targetVectors.Length * Vector<byte>.Count; i < target.Length; i++)
        {
            target[i] ^= value[i];
        }
    }
}
