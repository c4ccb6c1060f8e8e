using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Lvm.Metadata;
using Orchestration.DiskImages.Volumes.Lvm.Snapshots;

namespace Orchestration.DiskImages.Volumes.Lvm;

/// <summary>Opens the logical volumes of a group, and those that they are made of. Not thread-safe; what it opens is.</summary>
internal sealed class LogicalVolumeReader(VolumeGroup group, Action<string> warn)
{
    private const int MaximumDepth = 16;

    private readonly Dictionary<string, IByteSource> _opened = new(StringComparer.Ordinal);
    private readonly HashSet<string> _opening = new(StringComparer.Ordinal);

    // A snapshot names its origin and the volume that holds what differs; users know the snapshot by the name of the latter.
    private readonly ILookup<string, LvmSection> _snapshotsByStore = FindSnapshots(group, "cow_store");
    private readonly ILookup<string, LvmSection> _mergesByOrigin = FindSnapshots(group, "origin");

    /// <summary>The bytes of a volume as its device node would show them.</summary>
    /// <exception cref="DiskImageException">It is damaged, of a kind that is not known, or parts of it are missing.</exception>
    public IByteSource Open(string name)
    {
        if (_opened.TryGetValue(name, out var known))
        {
            return known;
        }

        if (!_opening.Add(name) || _opening.Count > MaximumDepth)
        {
            throw LvmSection.Corrupt($"the volume {group.Name}/{name} rests on itself, or on more than {MaximumDepth} others");
        }

        try
        {
            var section = group.FindLogicalVolume(name) ?? throw LvmSection.Corrupt($"there is no volume {name} in {group.Name}");
            return _opened[name] = ThroughSnapshot(name, section);
        }
        finally
        {
            _opening.Remove(name);
        }
    }

    private IByteSource ThroughSnapshot(string name, LvmSection section)
    {
        var stored = OpenSegments(section);
        if (_snapshotsByStore[name].FirstOrDefault() is { } snapshot)
        {
            return SnapshotStore.Open(Open(snapshot.Text("origin")), stored);
        }

        // While a snapshot is merged back, its origin already shows the snapshot's content.
        return _mergesByOrigin[name].FirstOrDefault(merge => merge.FindText("merging_store") is not null) is { } merging
            ? SnapshotStore.Open(stored, OpenSegments(group.FindLogicalVolume(merging.Text("merging_store")) ?? throw LvmSection.Corrupt($"{merging.Path}: its store is not there")))
            : stored;
    }

    private ConcatenatedByteSource OpenSegments(LvmSection volume)
    {
        var segments = volume.Sections
            .Where(item => item.Name.StartsWith("segment", StringComparison.Ordinal))
            .Select(item => (Start: item.Section.Number("start_extent"), Count: item.Section.Number("extent_count", 1), item.Section))
            .OrderBy(segment => segment.Start)
            .ToList();
        var parts = new List<(IByteSource? Source, long Length)>();
        var end = 0L;
        var reader = new SegmentReader(group, Open, warn);
        foreach (var (start, count, section) in segments)
        {
            if (start != end)
            {
                throw LvmSection.Corrupt($"{section.Path} begins at extent {start}, expected {end}");
            }

            parts.Add((reader.Open(section, count), Bytes(volume, count)));
            end += count;
        }

        return end > 0 && Bytes(volume, end) > 0 ? new ConcatenatedByteSource(parts) : throw LvmSection.Corrupt($"{volume.Path} has no segments");
    }

    private long Bytes(LvmSection volume, long extents) => extents <= long.MaxValue / group.ExtentSize
        ? extents * group.ExtentSize
        : throw LvmSection.Corrupt($"{volume.Path} has {extents} extents of {group.ExtentSize} bytes");

    private static ILookup<string, LvmSection> FindSnapshots(VolumeGroup group, string by) => group.LogicalVolumes
        .SelectMany(volume => volume.Section.Sections)
        .Select(item => item.Section)
        .Where(segment => segment.FindText("type") == "snapshot" && segment.FindText(by) is not null)
        .ToLookup(segment => segment.Text(by), StringComparer.Ordinal);
}
