namespace Orchestration.DiskImages.FileSystems.Xfs.Log.Records;

/// <summary>
/// Finds where the log ends. Sectors written last have a higher cycle than those that follow them in the ring; as several records are written at
/// a time and in any order, some of those before the end may be missing. Rules: Linux, xlog_find_head.
/// </summary>
internal static class LogHead
{
    // Eight records of 256 KiB may be on their way to the disk at a time.
    private const int InFlightSectors = 8 * 512;

    /// <summary>The last whole record; null where nothing was ever written, or where the file system was unmounted after it.</summary>
    public static LogRecord? FindLastRecord(LogRing ring)
    {
        var first = ring.ReadCycle(0);
        if (first == 0)
        {
            return null;
        }

        var last = ring.ReadCycle(ring.SectorCount - 1);
        var head = first == last ? ring.SectorCount : FindCycleStart(ring, last);
        if (FindRecordBefore(ring, head) is { } unmount && unmount.End == ring.Wrap(head) && unmount.IsUnmount())
        {
            return null;
        }

        head = FindGap(ring, head, first == last ? last - 1 : last);
        var record = FindRecordBefore(ring, head);
        if (record is not null && record.End != ring.Wrap(head))
        {
            head = record.Start;
            record = FindRecordBefore(ring, head);
        }

        // A log that xfs_db has cleared is full of records that say unmount, and between the first two of them not written at all.
        return record is null ? throw XfsVolume.Corrupt(ring.OffsetOf(head), "the log has no whole record before its end")
            : record.End == ring.Wrap(head) && record.IsUnmount() ? null
            : record;
    }

    /// <summary>The record that begins nearest before the sector; null where none begins where one must.</summary>
    public static LogRecord? FindRecordBefore(LogRing ring, long sector)
    {
        var count = (int)Math.Min(LogRecord.MaximumSectors, ring.SectorCount);
        for (var distance = 1; distance <= count; distance++)
        {
            if (LogRecord.TryRead(ring, sector - distance) is { } record)
            {
                return record;
            }
        }

        return null;
    }

    // The first sector of the older cycle, which reaches from there to the end of the ring.
    private static long FindCycleStart(LogRing ring, uint cycle)
    {
        long before = 0;
        var at = ring.SectorCount - 1;
        while (at - before > 1)
        {
            var middle = before + (at - before) / 2;
            if (ring.ReadCycle(middle) == cycle)
            {
                at = middle;
            }
            else
            {
                before = middle;
            }
        }

        return at;
    }

    // A sector of the older cycle before the end is one that was not written: the log ends there.
    private static long FindGap(LogRing ring, long head, uint olderCycle)
    {
        var count = (int)Math.Min(InFlightSectors, ring.SectorCount);
        var bytes = ring.Read(head - count, count);
        for (var index = 0; index < count; index++)
        {
            var sector = head - count + index;
            var gap = sector < 0 ? olderCycle - 1 : olderCycle;
            if (LogRing.CycleOf(bytes.AsSpan(index * LogRing.Sector)) == gap)
            {
                return ring.Wrap(sector);
            }
        }

        return head;
    }
}
