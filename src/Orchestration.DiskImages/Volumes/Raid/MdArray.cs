using System.Numerics;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Striping;

namespace Orchestration.DiskImages.Volumes.Raid;

/// <summary>A member that was found.</summary>
/// <param name="Device">Where.</param>
/// <param name="Source">Its bytes.</param>
/// <param name="Superblock">What it says.</param>
internal sealed record MdMember(string Device, IByteSource Source, MdSuperblock Superblock);

/// <summary>Puts an array together from its members.</summary>
internal static class MdArray
{
    private const int Sector = 512;
    private const int LargestChunk = 1 << 30;

    // Sound members may be this far behind one another after a crash.
    private const ulong ToleratedEvents = 1;

    /// <param name="members">All members found of one array.</param>
    /// <param name="warn">Receives what is odd.</param>
    /// <exception cref="DiskImageException">The array cannot be read: too few members, or an unknown kind.</exception>
    public static IByteSource Assemble(IReadOnlyList<MdMember> members, Action<string> warn)
    {
        var newest = members.MaxBy(member => member.Superblock.Events) ?? throw new ArgumentException("An array has members.", nameof(members));
        var array = newest.Superblock;
        if (array.Obstacle is { } obstacle)
        {
            throw Unsupported(obstacle);
        }

        if (array.IsResyncing && array.Level > 0)
        {
            warn($"md array {array.ArrayId}: its members were being brought into agreement when it was last used; where they differ, the first one is read");
        }

        var slots = Place(members, array, warn);
        return array.Level switch
        {
            1 => Data(slots.FirstOrDefault(slot => slot is not null) ?? throw Missing(slots), array.UsedLength),
            -1 => Join(slots),
            0 => Stripe(slots, array),
            4 or 5 or 6 => StripeWithParity(slots, array),
            10 => StripeMirrored(slots, array),
            _ => throw Unsupported($"RAID level {array.Level}"),
        };
    }

    private static MdMember?[] Place(IReadOnlyList<MdMember> members, MdSuperblock array, Action<string> warn)
    {
        var slots = new MdMember?[array.MemberCount];
        foreach (var member in members)
        {
            var own = member.Superblock;
            if (own.Events + ToleratedEvents < array.Events)
            {
                warn($"md array {array.ArrayId}: {member.Device} was left behind (event {own.Events}, the array is at {array.Events}) and is not used");
            }
            else if (own.IsRecovering)
            {
                warn($"md array {array.ArrayId}: {member.Device} was still being rebuilt and is not used");
            }
            else if (own.Role >= 0 && own.Role < slots.Length && slots[own.Role] is { } other)
            {
                warn($"md array {array.ArrayId}: {member.Device} says that it is the same member as {other.Device}, and is not used");
            }
            else if (own.Role >= 0 && own.Role < slots.Length)
            {
                slots[own.Role] = member;
            }
        }

        return slots;
    }

    private static ConcatenatedByteSource Join(MdMember?[] slots) =>
        new([.. RequireAll(slots).Select(member => ((IByteSource?)Data(member, 0), member.Superblock.DataLength)).Where(part => part.DataLength > 0)]);

    private static StripedByteSource Stripe(MdMember?[] slots, MdSuperblock array)
    {
        var all = RequireAll(slots);
        var lengths = all.Select(member => member.Superblock.DataLength).ToList();
        var chunk = RequireChunk(array);
        var differ = lengths.Select(length => length / chunk).Distinct().Count() > 1;
        const int Original = 1;
        const int Alternate = 2;
        return !differ || array.Layout is Original or Alternate
            ? new StripedByteSource([.. all.Select(member => Data(member, 0))], new StripeZones(chunk, lengths, array.Layout != Original))
            : throw Unsupported($"RAID 0 over members of different sizes, with layout {array.Layout}: kernels before and after 3.14 read it differently");
    }

    private static StripedByteSource StripeWithParity(MdMember?[] slots, MdSuperblock array)
    {
        var parities = array.Level == 6 ? 2 : 1;
        var chunk = RequireChunk(array);
        var placement = array.Level == 4 ? ParityPlacement.Last : (ParityPlacement)array.Layout;
        if (slots.Length <= parities)
        {
            throw MdSuperblock.Corrupt(0, $"RAID {array.Level} over {slots.Length} members");
        }

        var sources = slots.Select(slot => slot is null ? null : Data(slot, array.UsedLength)).ToList();
        return new StripedByteSource(Complete(sources, parities, slots), new ParityStripes(placement, slots.Length, parities, chunk, array.UsedLength));
    }

    private static List<IByteSource> Complete(List<IByteSource?> sources, int parities, MdMember?[] slots)
    {
        var there = sources.OfType<IByteSource>().ToList();
        return there.Count == sources.Count ? there
            : there.Count == sources.Count - 1 && parities == 1 ? [.. sources.Select(source => source ?? new ParityByteSource(there))]
            : throw Missing(slots);
    }

    private static StripedByteSource StripeMirrored(MdMember?[] slots, MdSuperblock array) => new(
        [.. slots.Select(slot => slot is null ? null : Data(slot, array.UsedLength))],
        new MirroredStripes(array.Layout, RequireChunk(array), array.UsedLength, [.. slots.Select(slot => slot is not null)]));

    private static MdMember[] RequireAll(MdMember?[] slots) => slots.All(slot => slot is not null) ? [.. slots.OfType<MdMember>()] : throw Missing(slots);

    private static long RequireChunk(MdSuperblock array) => array.ChunkSize is > 0 and <= LargestChunk && array.ChunkSize % Sector == 0 && (array.Level == 0 || BitOperations.IsPow2(array.ChunkSize))
        ? array.ChunkSize
        : throw MdSuperblock.Corrupt(88, $"chunks of {array.ChunkSize} bytes");

    /// <param name="member">The member.</param>
    /// <param name="used">Bytes used of each; 0 for all there are.</param>
    private static IByteSource Data(MdMember member, long used)
    {
        var own = member.Superblock;
        return used <= own.DataLength
            ? member.Source.Slice(own.DataOffset, used == 0 ? own.DataLength : used)
            : throw MdSuperblock.Corrupt(80, $"{used} bytes of each member are used, {member.Device} has {own.DataLength}");
    }

    private static DiskImageException Missing(MdMember?[] slots) => new(
        DiskImageError.NotFound,
        MdSuperblock.Layer,
        null,
        $"too few of the array's {slots.Length} members are there: {string.Join(", ", slots.Index().Where(slot => slot.Item is null).Select(slot => $"number {slot.Index}"))} missing");

    private static DiskImageException Unsupported(string rule) => new(DiskImageError.Unsupported, MdSuperblock.Layer, 0, rule);
}
