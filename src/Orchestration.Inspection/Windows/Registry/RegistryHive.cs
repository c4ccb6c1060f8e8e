using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Windows.Registry;

/// <summary>
/// A registry hive, read-only, by the published descriptions of its format. A hive that was in use when the machine stopped is completed
/// from its transaction logs in memory, as Windows does when it loads it. Safe for concurrent use.
/// </summary>
public sealed class RegistryHive
{
    private readonly HiveBytes _bytes;
    private readonly uint _rootCell;

    private RegistryHive(HiveBytes bytes, uint rootCell, int replayedEntries, bool isIncomplete)
    {
        IsIncomplete = isIncomplete;
        _bytes = bytes;
        _rootCell = rootCell;
        ReplayedEntries = replayedEntries;
    }

    /// <summary>How many entries of the logs were needed; 0 where the file was complete.</summary>
    public int ReplayedEntries { get; }

    /// <summary>The file was in use when it was left, and no log completes it: it may lack the last changes.</summary>
    public bool IsIncomplete { get; }

    /// <exception cref="InspectionException"><see cref="InspectionError.FileUnreadable"/>: it is damaged.</exception>
    public RegistryKey Root => RegistryKey.Read(_bytes, _rootCell);

    /// <param name="content">The hive.</param>
    /// <param name="logs">Its log files, those that there are.</param>
    /// <exception cref="InspectionException"><see cref="InspectionError.FileUnreadable"/>: it is no hive, or damaged.</exception>
    public static RegistryHive Open(GuestContent content, IReadOnlyList<GuestContent> logs)
    {
        if (content.Length < HiveBytes.BaseBlockLength || BaseBlock.Parse(content.ReadBytes(0, BaseBlock.Size)) is not { } block)
        {
            throw content.Damage(0, "expected a registry hive, found something else");
        }

        var changed = new Dictionary<long, (GuestContent Log, long Offset)>();
        long length = block.Length;
        var replayed = 0;
        var isDirty = !block.IsIntact || block.FirstSequence != block.SecondSequence;
        if (isDirty)
        {
            uint? last = null;
            foreach (var (log, entries) in logs.Select(log => (log, TransactionLog.Read(log))).Where(item => item.Item2.Count > 0).OrderBy(item => item.Item2[0].Sequence))
            {
                // The second log goes on where the first one ends; one that does not is older or newer than what can be joined.
                foreach (var entry in entries.Where(entry => entry.Sequence >= block.SecondSequence && (last is null || entry.Sequence == last + 1)))
                {
                    Apply(entry, log, changed);
                    length = entry.HiveLength;
                    last = entry.Sequence;
                    replayed++;
                }
            }
        }

        return new RegistryHive(new HiveBytes(content, changed, length), block.RootCell, replayed, isDirty && replayed == 0);
    }

    /// <summary>The key at a path of names that are parted by backslashes; null where there is none.</summary>
    /// <exception cref="InspectionException"><see cref="InspectionError.FileUnreadable"/>: the hive is damaged on the way there.</exception>
    public RegistryKey? Find(string path)
    {
        RegistryKey? key = Root;
        foreach (var name in path.Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            key = key?.Find(name);
        }

        return key;
    }

    private static void Apply(LogEntry entry, GuestContent log, Dictionary<long, (GuestContent Log, long Offset)> changed)
    {
        foreach (var change in entry.Changes)
        {
            for (uint offset = 0; offset < change.Length; offset += HiveBytes.BlockLength)
            {
                changed[((long)change.Offset + offset) / HiveBytes.BlockLength] = (log, change.Position + offset);
            }
        }
    }
}
