namespace Orchestration.DiskImages.FileSystems.Xfs.Log.Records;

/// <summary>Reads the transactions that were committed to the log and may not have reached their places.</summary>
internal static class LogReader
{
    private const long MaximumBytes = 512 * 1024 * 1024;
    private const int RecordsInFlight = 8;

    /// <summary>In the order of their commits; empty where the log has nothing to replay.</summary>
    public static List<LogTransaction> ReadTransactions(LogRing ring, bool hasChecksums)
    {
        if (LogHead.FindLastRecord(ring) is not { } last)
        {
            return [];
        }

        var records = ReadRecords(ring, last);
        var committed = new List<LogTransaction>();
        var pending = new Dictionary<uint, LogTransaction>();
        for (var index = 0; index < records.Count; index++)
        {
            var record = records[index];
            if (record.ReadData(hasChecksums) is { } data)
            {
                ReadOperations(ring, record, data, pending, committed);
            }
            else if (index < records.Count - RecordsInFlight)
            {
                throw XfsVolume.Corrupt(ring.OffsetOf(record.Start), "a record of the log has a wrong checksum, and is not among the last");
            }
            else
            {
                // Torn by the crash: what follows was never committed.
                break;
            }
        }

        return committed;
    }

    private static List<LogRecord> ReadRecords(LogRing ring, LogRecord last)
    {
        var tail = last.Tail;
        var length = tail < ring.SectorCount ? ring.Distance(tail, last.Start) + last.SectorCount : long.MaxValue;
        if (length > ring.SectorCount || length * LogRing.Sector > MaximumBytes)
        {
            throw XfsVolume.LimitExceeded(ring.OffsetOf(last.Start), $"the log is to be replayed from sector {tail} to {last.End}; at most {MaximumBytes} bytes can be");
        }

        ring.Prefetch(tail, length);
        var records = new List<LogRecord>();
        for (long at = 0; at < length; at += records[^1].SectorCount)
        {
            var record = LogRecord.TryRead(ring, tail + at);
            if (record is null || at + record.SectorCount > length)
            {
                throw XfsVolume.Corrupt(ring.OffsetOf(tail + at), "a record of the log is expected here");
            }

            records.Add(record);
        }

        return records;
    }

    private static void ReadOperations(LogRing ring, LogRecord record, ReadOnlySpan<byte> data, Dictionary<uint, LogTransaction> pending, List<LogTransaction> committed)
    {
        var at = ring.OffsetOf(record.Start);
        for (var count = record.OperationCount; count > 0 && !data.IsEmpty; count--)
        {
            var operation = LogOperation.Take(ref data, at);
            if (operation.Flags.HasFlag(LogOperationFlags.Start))
            {
                pending[operation.Transaction] = new LogTransaction(record.Sequence);
            }
            else if (!pending.TryGetValue(operation.Transaction, out var transaction))
            {
                // Begun before the tail: its changes are in their places.
                continue;
            }
            else if (operation.Flags.HasFlag(LogOperationFlags.Commit))
            {
                committed.Add(transaction);
                pending.Remove(operation.Transaction);
            }
            else
            {
                transaction.Add(operation, at);
            }
        }
    }
}
