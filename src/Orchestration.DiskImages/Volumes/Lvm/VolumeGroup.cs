using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Lvm.Metadata;

namespace Orchestration.DiskImages.Volumes.Lvm;

/// <summary>A volume group as its newest metadata describe it.</summary>
internal sealed class VolumeGroup
{
    private const int Sector = 512;
    private const long MaximumExtentSize = 1L << 40;

    private readonly LvmSection _root;
    private readonly Dictionary<string, Extents> _physicalVolumes = new(StringComparer.Ordinal);

    /// <param name="name">Name of the group.</param>
    /// <param name="root">Its section.</param>
    /// <param name="present">The physical volumes that were found, by identifier.</param>
    public VolumeGroup(string name, LvmSection root, IReadOnlyDictionary<string, PhysicalVolume> present)
    {
        _root = root;
        Name = name;
        ExtentSize = root.Number("extent_size", 1) * Sector;
        if (ExtentSize > MaximumExtentSize)
        {
            throw LvmSection.Corrupt($"{name}: extents of {ExtentSize} bytes");
        }

        foreach (var (key, section) in root.FindSection("physical_volumes")?.Sections ?? [])
        {
            var id = Compact(section.Text("id"));
            _physicalVolumes[key] = new Extents(id, section.Number("pe_start") * Sector, section.Number("pe_count"), present.GetValueOrDefault(id)?.Source);
        }
    }

    public string Name { get; }

    /// <summary>Bytes in an extent.</summary>
    public long ExtentSize { get; }

    /// <summary>
    /// Names of the volumes that are there for users, in alphabetic order. A pool is none; a snapshot is visible under an internal name, and users know it by
    /// that of the volume which stores what differs.
    /// </summary>
    public IEnumerable<string> VisibleVolumes =>
        from volume in LogicalVolumes
        where volume.Section.FindList("status").Contains("VISIBLE")
        let segment = volume.Section.FindSection("segment1")
        let type = segment?.FindText("type") ?? ""
        where !type.EndsWith("-pool", StringComparison.Ordinal) && (type != "snapshot" || segment?.FindText("cow_store") is not null)
        let name = type == "snapshot" ? segment?.FindText("cow_store") ?? volume.Name : volume.Name
        orderby name
        select name;

    /// <summary>All volumes, those inside others too.</summary>
    public IEnumerable<(string Name, LvmSection Section)> LogicalVolumes => _root.FindSection("logical_volumes")?.Sections ?? [];

    public LvmSection? FindLogicalVolume(string name) => _root.FindSection("logical_volumes")?.FindSection(name);

    /// <summary>Whether extents of that name are those of a physical volume, rather than of a logical one.</summary>
    public bool IsPhysicalVolume(string name) => _physicalVolumes.ContainsKey(name);

    /// <summary>The bytes of extents of a physical volume.</summary>
    /// <exception cref="DiskImageException">It is not there (<see cref="DiskImageError.NotFound"/>), or does not have them.</exception>
    public IByteSource Open(string physicalVolume, long firstExtent, long count)
    {
        var volume = _physicalVolumes[physicalVolume];
        if (volume.Source is not { } source)
        {
            throw new DiskImageException(DiskImageError.NotFound, LvmSection.Layer, null, $"the physical volume {physicalVolume} ({volume.Id}) of the volume group {Name} is not there");
        }

        if (firstExtent < 0 || firstExtent > volume.Count - count)
        {
            throw LvmSection.Corrupt($"{count} extents at {firstExtent} leave the physical volume {physicalVolume}, which has {volume.Count}");
        }

        var start = volume.Start + firstExtent * ExtentSize;
        var length = count * ExtentSize;
        return start <= source.Length - length
            ? source.Slice(start, length)
            : throw LvmSection.Corrupt($"the physical volume {physicalVolume} has {source.Length} bytes, an extent ends at {start + length}: it is truncated");
    }

    /// <summary>An identifier without hyphens.</summary>
    public static string Compact(string id) => id.Replace("-", "", StringComparison.Ordinal);

    /// <param name="Id">Identifier without hyphens.</param>
    /// <param name="Start">Where the first extent begins.</param>
    /// <param name="Count">How many there are.</param>
    /// <param name="Source">Null where the volume was not found.</param>
    private sealed record Extents(string Id, long Start, long Count, IByteSource? Source);
}
