using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Chunks;

/// <summary>Bytes of RAID 5 or 6 that belong together: those of each data stripe of a row, then of its parity, in RAID 6 of its second parity too.</summary>
/// <param name="stripes">Where the bytes lie, as many of each stripe.</param>
/// <param name="parities">How many of the last are parity: 1 or 2.</param>
/// <param name="wanted">Which data stripe is wanted.</param>
internal sealed class ParityRow(IReadOnlyList<DeviceRange> stripes, int parities, int wanted)
{
    private readonly int _dataCount = stripes.Count - parities;

    public int Length => (int)stripes[wanted].Length;

    private int FirstParity => _dataCount;

    private int SecondParity => _dataCount + 1;

    /// <summary>Fills the buffer with what the wanted stripe must hold by the others.</summary>
    /// <param name="target">As long as the row.</param>
    /// <param name="bySecondParity">Uses the second parity in place of the first. Where another device is missing, both are used anyway.</param>
    /// <param name="devices">The devices that are there.</param>
    /// <exception cref="DiskImageException">More devices are missing than there is parity for.</exception>
    public void Restore(Span<byte> target, bool bySecondParity, IReadOnlyDictionary<ulong, IByteSource> devices)
    {
        var missing = Enumerable.Range(0, stripes.Count).Where(index => index != wanted && !devices.ContainsKey(stripes[index].Device)).ToList();
        if (missing.Count >= parities)
        {
            throw BtrfsVolume.Unsupported(null, $"device {stripes[missing[0]].Device}, which holds parity or what it is made of, is not there");
        }

        var unused = missing is [var other] ? other : bySecondParity ? FirstParity : SecondParity;
        var (sum, weighted, piece) = (new byte[target.Length], new byte[target.Length], new byte[target.Length]);
        for (var index = 0; index < stripes.Count; index++)
        {
            if (index == wanted || index == unused)
            {
                continue;
            }

            devices[stripes[index].Device].Read(stripes[index].Offset, piece);
            if (index != SecondParity)
            {
                ExclusiveOr.Apply(sum, piece);
            }

            if (index != FirstParity && unused != SecondParity)
            {
                GaloisField.AddProduct(weighted, piece, index == SecondParity ? (byte)1 : GaloisField.Power(index));
            }
        }

        Solve(target, sum, weighted, unused);
    }

    // The sum lacks the stripe wanted and the one not used, and the weighted sum both times a power of the generator.
    private void Solve(Span<byte> target, byte[] sum, byte[] weighted, int unused)
    {
        target.Clear();
        if (unused == SecondParity)
        {
            sum.CopyTo(target);
        }
        else if (unused == FirstParity)
        {
            GaloisField.AddProduct(target, weighted, GaloisField.Invert(GaloisField.Power(wanted)));
        }
        else
        {
            GaloisField.AddProduct(weighted, sum, GaloisField.Power(unused));
            GaloisField.AddProduct(target, weighted, GaloisField.Invert((byte)(GaloisField.Power(wanted) ^ GaloisField.Power(unused))));
        }
    }
}
