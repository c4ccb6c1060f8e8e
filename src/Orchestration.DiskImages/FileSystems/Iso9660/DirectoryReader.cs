using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>Reads the records of directories, none of which crosses the end of a sector. Thread-safe.</summary>
internal sealed class DirectoryReader(IsoVolume volume)
{
    private const int SectorLength = 2048;
    private const long MaximumBytes = 64 * 1024 * 1024;
    private const int MaximumEntries = 2_000_000;

    /// <summary>All records of the directory, in the order in which they are stored; the parts of a file are joined to its first.</summary>
    /// <param name="offset">Where the directory begins.</param>
    /// <param name="length">Its length in bytes.</param>
    public IEnumerable<IsoFile> Read(long offset, long length)
    {
        if (length > MaximumBytes)
        {
            throw IsoVolume.LimitExceeded(offset, $"a directory has {length} bytes; at most {MaximumBytes} are read");
        }

        volume.Source.Prefetch(offset, length);
        var parts = new List<DirectoryRecord>();
        var count = 0;
        foreach (var record in ReadRecords(offset, length))
        {
            if (++count > MaximumEntries)
            {
                throw IsoVolume.LimitExceeded(offset, $"a directory has more than {MaximumEntries} records");
            }

            parts.Add(record);
            if (!record.IsContinued)
            {
                yield return new IsoFile([.. parts]);
                parts.Clear();
            }
        }
    }

    /// <summary>The file whose first record stands there.</summary>
    public IsoFile ReadFile(long offset)
    {
        const int MostParts = 4096;
        var parts = new List<DirectoryRecord>();
        foreach (var record in ReadRecords(offset, Math.Min(MaximumBytes, volume.Source.Length - offset)))
        {
            parts.Add(record);
            if (!record.IsContinued || parts.Count > MostParts)
            {
                break;
            }
        }

        return parts.Count > 0 && !parts[^1].IsContinued
            ? new IsoFile([.. parts])
            : throw IsoVolume.Corrupt(offset, $"a file has no record, or goes on after {parts.Count} of them");
    }

    private IEnumerable<DirectoryRecord> ReadRecords(long offset, long length)
    {
        var end = offset + length;
        while (offset < end)
        {
            var sector = volume.Source.ReadBytes(offset, (int)Math.Min(SectorLength - offset % SectorLength, end - offset));
            for (var at = 0; at < sector.Length && sector[at] != 0; at += sector[at])
            {
                yield return DirectoryRecord.Parse(offset + at, sector[at..Math.Min(sector.Length, at + sector[at])]);
            }

            offset += sector.Length;
        }
    }
}
