using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Fat;

/// <summary>A name, and where the entry of 32 bytes lies that it belongs to.</summary>
internal readonly record struct NamedFatEntry(string Name, string ShortName, FatEntry Entry, long Offset);

/// <summary>Reads directories: entries, with long names in the entries before them. Thread-safe.</summary>
internal sealed class DirectoryReader(FatVolume volume, AllocationTable table)
{
    // A directory has at most 65,536 entries.
    private const int MaximumBytes = 65536 * FatEntry.Length;
    private const int MaximumParts = 20;
    private const int CharactersPerPart = 13;

    /// <summary>The bytes of the directory that begins at the cluster, 0 for the root, as they lie on the volume.</summary>
    public List<ByteRange> Locate(uint cluster)
    {
        var first = cluster == 0 ? volume.RootCluster : cluster;
        return first == 0
            ? [new ByteRange(volume.RootOffset, volume.RootLength)]
            : [.. table.ReadChain(first, MaximumBytes / volume.ClusterSize + 1).Select(extent => new ByteRange(volume.DataOffset + extent.PhysicalBlock * volume.ClusterSize, extent.Count * volume.ClusterSize))];
    }

    /// <summary>All entries but <c>.</c>, <c>..</c> and the volume's label.</summary>
    public List<NamedFatEntry> Read(uint cluster)
    {
        var entries = new List<NamedFatEntry>();
        var parts = new Stack<FatEntry>();
        var ranges = Locate(cluster);
        volume.Source.Prefetch(ranges);
        foreach (var range in ranges)
        {
            var bytes = volume.Source.ReadBytes(range.Offset, (int)Math.Min(range.Length, MaximumBytes));
            for (var position = 0; position + FatEntry.Length <= bytes.Length; position += FatEntry.Length)
            {
                var entry = new FatEntry(bytes[position..(position + FatEntry.Length)]);
                if (entry.IsEnd || entries.Count * FatEntry.Length >= MaximumBytes)
                {
                    return entries;
                }

                Add(entry, range.Offset + position, parts, entries);
            }
        }

        return entries;
    }

    private static void Add(FatEntry entry, long offset, Stack<FatEntry> parts, List<NamedFatEntry> entries)
    {
        if (entry.IsDeleted)
        {
            parts.Clear();
        }
        else if (entry.IsLongName)
        {
            if ((entry.PartNumber & FatEntry.LastPart) != 0 || parts.Count == MaximumParts)
            {
                parts.Clear();
            }

            parts.Push(entry);
        }
        else
        {
            var name = JoinParts(entry, parts) ?? entry.ShortName;
            parts.Clear();
            if (entry.Attributes.HasFlag(FatAttributes.VolumeLabel) || name is "." or "..")
            {
                return;
            }

            if (name.Length == 0 || name.AsSpan().ContainsAny('/', '\0'))
            {
                throw FatVolume.Corrupt(offset, "a directory entry has an impossible name");
            }

            entries.Add(new NamedFatEntry(name, entry.ShortName, entry, offset));
        }
    }

    // The parts lie in reverse; parts that some older system left behind do not fit the short name.
    private static string? JoinParts(FatEntry entry, Stack<FatEntry> parts)
    {
        if (parts.Count == 0)
        {
            return null;
        }

        var name = new StringBuilder(parts.Count * CharactersPerPart);
        var checksum = entry.ComputeNameChecksum();
        var number = 0;
        foreach (var part in parts)
        {
            number++;
            var isLast = number == parts.Count;
            if (part.NameChecksum != checksum || part.PartNumber != (isLast ? number | FatEntry.LastPart : number))
            {
                return null;
            }

            name.Append(part.PartText);
        }

        var text = name.ToString();
        var end = text.IndexOf('\0', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }
}
