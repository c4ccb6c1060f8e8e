using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Lvm.Metadata;
using Orchestration.DiskImages.Volumes.Striping;

namespace Orchestration.DiskImages.Volumes.Lvm;

/// <summary>
/// The legs of a RAID volume of LVM: pairs of volumes, one with a superblock, one with data. Structure: Linux, drivers/md/dm-raid.c
/// (dm_raid_superblock).
/// </summary>
internal static class RaidLegs
{
    private const uint Magic = 0x64526d44;
    private const int SuperblockLength = 64;
    private const int MaximumLegs = 64;
    private const ulong Whole = ulong.MaxValue;

    /// <summary>The data of each leg in order; null where it is missing, failed or not yet whole.</summary>
    public static IReadOnlyList<IByteSource?> Read(LvmSection segment, string list, Func<string, IByteSource> openVolume, Action<string> warn)
    {
        var names = segment.FindList(list).OfType<string>().ToList();
        var count = segment.FindNumber("device_count") ?? segment.Number("stripe_count", 1);
        if (count is < 1 or > MaximumLegs || (names.Count != count && names.Count != 2 * count))
        {
            throw LvmSection.Corrupt($"{segment.Path}: {count} legs of {names.Count} volumes, expected one or two each and at most {MaximumLegs} legs");
        }

        var hasSuperblocks = names.Count == 2 * count;
        var legs = new List<Leg>();
        for (var number = 0; number < count; number++)
        {
            legs.Add(hasSuperblocks
                ? new Leg(TryOpen(names[2 * number + 1], openVolume), ReadSuperblock(TryOpen(names[2 * number], openVolume)))
                : new Leg(TryOpen(names[number], openVolume), null));
        }

        return [.. Judge(segment, legs, warn)];
    }

    public static void RequireAll(IReadOnlyList<IByteSource?> legs, LvmSection segment)
    {
        if (legs.Any(leg => leg is null))
        {
            throw TooFew(segment);
        }
    }

    /// <summary>All legs, one of them made from the others where it is missing.</summary>
    public static IReadOnlyList<IByteSource?> RestoreOne(IReadOnlyList<IByteSource?> legs, LvmSection segment)
    {
        var there = legs.OfType<IByteSource>().ToList();
        return there.Count == legs.Count ? legs
            : there.Count == legs.Count - 1 && there.Count > 0 ? [.. legs.Select(leg => leg ?? new ParityByteSource(there))]
            : throw TooFew(segment);
    }

    public static DiskImageException TooFew(LvmSection segment) => new(DiskImageError.NotFound, LvmSection.Layer, null, $"{segment.Path}: too few of its legs are there");

    // A leg that was left behind or is being rebuilt says so itself, or the legs that went on say it.
    private static IEnumerable<IByteSource?> Judge(LvmSection segment, List<Leg> legs, Action<string> warn)
    {
        var newest = legs.Select(leg => leg.Superblock).OfType<Superblock>().DefaultIfEmpty().MaxBy(superblock => superblock?.Events ?? 0);
        foreach (var (number, leg) in legs.Index())
        {
            var isSound = newest is null
                || (leg.Superblock is { RecoveryOffset: Whole } own && own.Events + 1 >= newest.Events && (newest.Failed >> number & 1) == 0);
            if (!isSound || leg.Data is null)
            {
                warn($"{segment.Path}: leg {number} is {(leg.Data is null ? "missing" : "out of date or not whole")} and is not used");
            }

            yield return isSound ? leg.Data : null;
        }
    }

    private static IByteSource? TryOpen(string name, Func<string, IByteSource> openVolume)
    {
        try
        {
            return openVolume(name);
        }
        catch (DiskImageException exception) when (exception.Error is DiskImageError.NotFound)
        {
            return null;
        }
    }

    private static Superblock? ReadSuperblock(IByteSource? volume)
    {
        if (volume is null || volume.Length < SuperblockLength)
        {
            return null;
        }

        var bytes = volume.ReadBytes(0, SuperblockLength);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic
            ? new Superblock(ReadUInt64(bytes, 16), ReadUInt64(bytes, 24), ReadUInt64(bytes, 32))
            : null;
    }

    private static ulong ReadUInt64(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset));

    private sealed record Leg(IByteSource? Data, Superblock? Superblock);

    /// <param name="Events">Grows with every change.</param>
    /// <param name="Failed">A bit for each leg that had failed.</param>
    /// <param name="RecoveryOffset">How far this leg was rebuilt.</param>
    private sealed record Superblock(ulong Events, ulong Failed, ulong RecoveryOffset);
}
