namespace Orchestration.DiskImages.FileSystems.Ntfs.Content;

/// <summary>Mapping pairs: a byte with two lengths, a number of clusters, and the distance from where the run before began.</summary>
internal static class DataRuns
{
    /// <param name="runs">The pairs, which end with a zero byte.</param>
    /// <param name="first">The first cluster that they map.</param>
    /// <param name="volume">Their volume.</param>
    /// <param name="at">Where they stand.</param>
    /// <param name="end">The cluster after the last one mapped.</param>
    /// <returns>The runs that are stored; what lies between is sparse.</returns>
    public static List<FileExtent> Read(ReadOnlySpan<byte> runs, long first, NtfsVolume volume, long at, out long end)
    {
        var extents = new List<FileExtent>();
        var most = long.MaxValue / volume.ClusterSize;
        long cluster = 0;
        end = first;
        while (!runs.IsEmpty && runs[0] != 0)
        {
            var countLength = runs[0] & 0xf;
            var distanceLength = runs[0] >> 4;
            if (countLength is 0 or > 8 || distanceLength > 8 || 1 + countLength + distanceLength > runs.Length)
            {
                throw NtfsVolume.Corrupt(at, $"a run of clusters has a count of {countLength} bytes and a distance of {distanceLength}");
            }

            var count = ReadSigned(runs.Slice(1, countLength));
            if (count <= 0 || count > most - end)
            {
                throw NtfsVolume.Corrupt(at, $"a run of clusters has {count} of them from {end}");
            }

            if (distanceLength > 0)
            {
                cluster = unchecked(cluster + ReadSigned(runs.Slice(1 + countLength, distanceLength)));
                if (cluster < 0 || count > volume.ClusterCount || cluster > volume.ClusterCount - count)
                {
                    throw NtfsVolume.Corrupt(at, $"clusters {cluster} to {cluster + count - 1} are referred to, the volume has {volume.ClusterCount}");
                }

                extents.Add(new FileExtent(end, cluster, count));
            }

            end += count;
            runs = runs[(1 + countLength + distanceLength)..];
        }

        return extents;
    }

    private static long ReadSigned(ReadOnlySpan<byte> bytes)
    {
        long value = (sbyte)bytes[^1];
        for (var index = bytes.Length - 2; index >= 0; index--)
        {
            value = value << 8 | bytes[index];
        }

        return value;
    }
}
