using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.ExFat;

/// <summary>A directory of the volume.</summary>
/// <param name="Cluster">Its first cluster.</param>
/// <param name="IsContiguous">See <see cref="ExFatFile.IsContiguous"/>.</param>
/// <param name="Size">Its bytes, at most; the root ends with its chain.</param>
internal readonly record struct ExFatDirectory(uint Cluster, bool IsContiguous, long Size);

/// <summary>Reads directories. Thread-safe.</summary>
internal sealed class DirectoryReader(ExFatVolume volume)
{
    /// <summary>No directory is larger, by the specification.</summary>
    public const long MaximumBytes = 256 * 1024 * 1024;

    private const byte InUse = 0x80;
    private const int LongestSet = 256 * ExFatFile.EntryLength;

    /// <summary>Where the directory lies on the volume.</summary>
    public List<ByteRange> Locate(ExFatDirectory directory)
    {
        var length = Math.Min(directory.Size, MaximumBytes);
        return [.. volume.Map(directory.Cluster, directory.IsContiguous, (length + volume.ClusterSize - 1) / volume.ClusterSize).Select(volume.ToRange)];
    }

    /// <summary>The files of the directory, each with the number of its first entry.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="index">The entry to begin with.</param>
    public IEnumerable<(int Index, ExFatFile File)> Read(ExFatDirectory directory, int index = 0)
    {
        var ranges = Locate(directory);
        volume.Source.Prefetch(ranges);
        var set = new List<byte>();
        var first = index;
        foreach (var entry in ReadEntries(ranges, (long)index * ExFatFile.EntryLength))
        {
            if (entry[0] == 0)
            {
                yield break;
            }

            if (entry[0] == ExFatFile.FileType)
            {
                (first, set) = (index, []);
            }

            if (set.Count > 0 || entry[0] == ExFatFile.FileType)
            {
                set.AddRange(entry);
                if ((entry[0] & InUse) == 0 || set.Count == (set[1] + 1) * ExFatFile.EntryLength)
                {
                    if (Check(directory, first, new ExFatFile([.. set])) is { } file)
                    {
                        yield return (first, file);
                    }

                    set = [];
                }
            }

            index++;
        }
    }

    /// <summary>The file whose first entry has that number.</summary>
    /// <param name="cluster">First cluster of its directory.</param>
    /// <param name="isContiguous">See <see cref="ExFatFile.IsContiguous"/>.</param>
    /// <param name="index">The number.</param>
    public ExFatFile ReadFile(uint cluster, bool isContiguous, int index)
    {
        // How long the directory is does not matter to one of its files, but where the volume ends does.
        var end = (long)index * ExFatFile.EntryLength + LongestSet;
        var room = isContiguous ? (volume.ClusterCount + Fat.AllocationTable.FirstCluster - cluster) * volume.ClusterSize : end;
        var (first, file) = Read(new ExFatDirectory(cluster, isContiguous, Math.Min(end, room)), index).FirstOrDefault();
        return file is not null && first == index ? file : throw ExFatVolume.Corrupt(null, $"entry {index} of the directory at cluster {cluster} is referred to, but is no file");
    }

    private ExFatFile? Check(ExFatDirectory directory, int index, ExFatFile file)
    {
        if (file.IsSound && !file.Name.AsSpan().ContainsAny('/', '\0') && file.Name is not ("." or ".."))
        {
            return file;
        }

        volume.Warnings.Add($"entry {index} of the directory at cluster {directory.Cluster} is incomplete, or has a wrong checksum or name; it is not shown");
        return null;
    }

    private IEnumerable<byte[]> ReadEntries(IEnumerable<ByteRange> ranges, long skipped)
    {
        var cluster = new byte[volume.ClusterSize];
        foreach (var range in ranges)
        {
            for (var offset = range.Offset; offset < range.End; offset += cluster.Length, skipped -= cluster.Length)
            {
                if (skipped < cluster.Length)
                {
                    volume.Source.Read(offset, cluster);
                }

                for (var at = Math.Max(skipped, 0); at < cluster.Length; at += ExFatFile.EntryLength)
                {
                    yield return cluster.AsSpan((int)at, ExFatFile.EntryLength).ToArray();
                }
            }
        }
    }
}
