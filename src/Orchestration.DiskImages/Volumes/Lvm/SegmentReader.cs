using System.Numerics;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Lvm.Metadata;
using Orchestration.DiskImages.Volumes.Lvm.Thin;
using Orchestration.DiskImages.Volumes.Striping;

namespace Orchestration.DiskImages.Volumes.Lvm;

/// <summary>Opens segments of logical volumes, by their type.</summary>
/// <param name="group">The volume group.</param>
/// <param name="openVolume">Opens a volume that a segment is made of.</param>
/// <param name="warn">Receives what is odd.</param>
internal sealed class SegmentReader(VolumeGroup group, Func<string, IByteSource> openVolume, Action<string> warn)
{
    private const int Sector = 512;
    private const int MaximumStripes = 512;

    /// <param name="segment">The segment.</param>
    /// <param name="count">Its extents.</param>
    /// <returns>Its bytes; null for zeros.</returns>
    public IByteSource? Open(LvmSection segment, long count)
    {
        var type = segment.Text("type");
        return type switch
        {
            "striped" or "linear" => OpenStriped(segment, count),
            "mirror" => OpenMirror(segment, count),
            "thin" => OpenThin(segment, count),
            "zero" => null,
            _ when type.StartsWith("raid", StringComparison.Ordinal) && !type.StartsWith("raid6", StringComparison.Ordinal) => OpenRaid(segment, type, count),
            _ => throw new DiskImageException(DiskImageError.Unsupported, LvmSection.Layer, null, $"{segment.Path} is of type '{type}', which cannot be read"),
        };
    }

    private IByteSource OpenStriped(LvmSection segment, long count)
    {
        var areas = ReadAreas(segment, "stripes");
        if (areas.Count == 1)
        {
            return OpenArea(areas[0], count);
        }

        var stripe = ReadStripeSize(segment);
        var sources = areas.Select(area => OpenArea(area, count / areas.Count)).ToList();
        return new StripedByteSource(sources, CheckLength(new StripeZones(stripe, [.. sources.Select(source => source.Length)]), segment, count));
    }

    // Which legs agree is known to the mirror's log only; the first is the one that the others are made from.
    private IByteSource OpenMirror(LvmSection segment, long count)
    {
        var missing = new List<DiskImageException>();
        foreach (var area in ReadAreas(segment, "mirrors"))
        {
            try
            {
                return OpenArea(area, count);
            }
            catch (DiskImageException exception) when (exception.Error is DiskImageError.NotFound)
            {
                missing.Add(exception);
            }
        }

        throw missing.FirstOrDefault() ?? LvmSection.Corrupt($"{segment.Path} has no legs");
    }

    private MappedDisk OpenThin(LvmSection segment, long count)
    {
        var name = segment.Text("thin_pool");
        var pool = group.FindLogicalVolume(name)?.Sections.Select(item => item.Section).FirstOrDefault(item => item.FindText("type") == "thin-pool")
            ?? throw LvmSection.Corrupt($"{segment.Path}: there is no thin pool {name}");
        var metadata = ThinPoolMetadata.Open(openVolume(pool.Text("metadata")), pool.Number("chunk_size", 1) * Sector, warn);
        var externalOrigin = segment.FindText("external_origin") is { } origin ? openVolume(origin) : null;
        return metadata.OpenVolume(openVolume(pool.Text("pool")), segment.Number("device_id"), count * group.ExtentSize, externalOrigin);
    }

    private IByteSource OpenRaid(LvmSection segment, string type, long count)
    {
        if (segment.FindNumber("data_offset") is > 0 || segment.FindNumber("reshape_count") is > 0 || segment.FindNumber("data_copies") is not (null or 2))
        {
            throw new DiskImageException(DiskImageError.Unsupported, LvmSection.Layer, null, $"{segment.Path} is being reshaped, or has more than two copies");
        }

        var isStriped = type is "raid0" or "raid0_meta";
        var legs = RaidLegs.Read(segment, isStriped ? "raid0_lvs" : "raids", openVolume, warn);
        if (type == "raid1")
        {
            return legs.OfType<IByteSource>().FirstOrDefault() is { } leg && leg.Length >= count * group.ExtentSize
                ? leg.Slice(0, count * group.ExtentSize)
                : throw RaidLegs.TooFew(segment);
        }

        var stripe = ReadStripeSize(segment);
        var length = legs.OfType<IByteSource>().Select(leg => leg.Length).DefaultIfEmpty().Min();
        if (isStriped)
        {
            RaidLegs.RequireAll(legs, segment);
            return new StripedByteSource(legs, CheckLength(new StripeZones(stripe, [.. legs.Select(_ => length)]), segment, count));
        }

        if (type is "raid10" or "raid10_near")
        {
            const int TwoNearCopies = 0x102;
            return new StripedByteSource(legs, CheckLength(new MirroredStripes(TwoNearCopies, stripe, length, [.. legs.Select(leg => leg is not null)]), segment, count));
        }

        ParityPlacement placement = type switch
        {
            "raid4" or "raid5_0" => ParityPlacement.First,
            "raid5" or "raid5_ls" => ParityPlacement.LeftSymmetric,
            "raid5_la" => ParityPlacement.LeftAsymmetric,
            "raid5_rs" => ParityPlacement.RightSymmetric,
            "raid5_ra" => ParityPlacement.RightAsymmetric,
            "raid5_n" => ParityPlacement.Last,
            _ => throw new DiskImageException(DiskImageError.Unsupported, LvmSection.Layer, null, $"{segment.Path} is of type '{type}', which cannot be read"),
        };
        return new StripedByteSource(
            RaidLegs.RestoreOne(legs, segment),
            CheckLength(new ParityStripes(placement, legs.Count, 1, stripe, length), segment, count));
    }

    private IStripeLayout CheckLength(IStripeLayout layout, LvmSection segment, long count) => layout.Length >= count * group.ExtentSize
        ? layout
        : throw LvmSection.Corrupt($"{segment.Path} has {count} extents, its areas hold only {layout.Length} bytes");

    private static long ReadStripeSize(LvmSection segment)
    {
        var sectors = segment.Number("stripe_size", 1);
        return BitOperations.IsPow2(sectors) ? sectors * Sector : throw LvmSection.Corrupt($"{segment.Path} has stripes of {sectors} sectors");
    }

    private static List<(string Name, long Extent)> ReadAreas(LvmSection segment, string list)
    {
        var items = segment.FindList(list);
        var areas = new List<(string, long)>();
        for (var i = 0; i + 1 < items.Count; i += 2)
        {
            areas.Add(items[i] is string name && items[i + 1] is long and >= 0 and var extent
                ? (name, extent)
                : throw LvmSection.Corrupt($"{segment.Path}: {list} is not a list of names and extents"));
        }

        return areas.Count is > 0 and <= MaximumStripes ? areas : throw LvmSection.Corrupt($"{segment.Path} has {areas.Count} {list}, expected 1 to {MaximumStripes}");
    }

    private IByteSource OpenArea((string Name, long Extent) area, long count)
    {
        if (group.IsPhysicalVolume(area.Name))
        {
            return group.Open(area.Name, area.Extent, count);
        }

        var volume = openVolume(area.Name);
        return area.Extent <= volume.Length / group.ExtentSize - count
            ? volume.Slice(area.Extent * group.ExtentSize, count * group.ExtentSize)
            : throw LvmSection.Corrupt($"{count} extents at {area.Extent} leave the volume {area.Name} of {volume.Length} bytes");
    }
}
