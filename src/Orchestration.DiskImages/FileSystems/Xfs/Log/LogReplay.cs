using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Xfs.Log.Records;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log;

/// <summary>
/// Replays a dirty log in memory, as mounting would on the volume. Free space, reverse mappings and quotas, which reading does not need,
/// are replayed as the blocks they are, or not at all. Rules: Linux, fs/xfs/xfs_log_recover.c.
/// </summary>
internal static class LogReplay
{
    private const long MaximumBytes = 512 * 1024 * 1024;

    /// <summary>The volume with its log replayed; null where there is nothing to replay.</summary>
    public static PatchedByteSource? Apply(IByteSource source, XfsSuperblock superblock, WarningList warnings)
    {
        if (superblock.LogStart == 0)
        {
            warnings.Add("the log is on another device; what it holds is not replayed");
            return null;
        }

        var transactions = LogReader.ReadTransactions(new LogRing(source, superblock), superblock.IsVersion5);
        if (transactions.Count == 0)
        {
            return null;
        }

        var target = new PatchedByteSource(source, XfsVolume.Layer, MaximumBytes);
        var volume = new XfsVolume(target, target, superblock, warnings);
        var buffers = new BufferReplay(volume, target, transactions);
        var inodes = new InodeReplay(volume, target, buffers);
        foreach (var transaction in transactions)
        {
            // Buffers come first, as inodes may lie in those that the same transaction creates.
            foreach (var item in transaction.Items.Where(item => item.IsComplete))
            {
                if (item.Type == LogItemType.InodeCreation)
                {
                    inodes.Create(item);
                }
                else if (item.Type == LogItemType.Buffer)
                {
                    buffers.Apply(item, transaction.Sequence);
                }
            }

            foreach (var item in transaction.Items.Where(item => item is { IsComplete: true, Type: LogItemType.Inode }))
            {
                inodes.Apply(item, transaction.Sequence);
            }

            buffers.ForgetCancellations(transaction);
        }

        WarnOfUnfinished(transactions, warnings);
        return target.IsEmpty ? null : target;
    }

    // Mounting finishes what several transactions do together from an intent that has no counterpart yet.
    private static void WarnOfUnfinished(List<LogTransaction> transactions, WarningList warnings)
    {
        const int IdentifierOffset = 8;
        var unfinished = new HashSet<(LogItemType Type, ulong Identifier)>();
        foreach (var item in transactions.SelectMany(transaction => transaction.Items))
        {
            var identifier = item.Description.Length >= IdentifierOffset + 8 ? BinaryPrimitives.ReadUInt64LittleEndian(item.Description[IdentifierOffset..]) : 0;
            switch (item.Type)
            {
                case LogItemType.MappingIntent or LogItemType.AttributeIntent or LogItemType.ExchangeIntent:
                    unfinished.Add((item.Type, identifier));
                    break;
                case LogItemType.MappingDone or LogItemType.AttributeDone or LogItemType.ExchangeDone:
                    unfinished.Remove((item.Type - 1, identifier));
                    break;
            }
        }

        foreach (var type in unfinished.Select(intent => intent.Type).Distinct())
        {
            warnings.Add($"the log has unfinished changes ({type}) that mounting would finish; the files concerned are shown as before or halfway");
        }
    }
}
