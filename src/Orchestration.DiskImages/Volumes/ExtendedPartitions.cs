using System.Globalization;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes;

/// <summary>
/// The partitions of an MBR disk: primary ones, and the logical ones in the chain of extended boot records, numbered and filtered as
/// the kernel does (Linux, block/partitions/msdos.c).
/// </summary>
internal static class ExtendedPartitions
{
    private const int FirstLogicalNumber = 5;
    private const int MaximumRecords = 256;

    public static List<Partition> ReadAll(IByteSource disk, MasterBootRecord record, List<string> warnings)
    {
        var partitions = new List<Partition>();
        for (var slot = 0; slot < record.Entries.Count; slot++)
        {
            var entry = record.Entries[slot];
            if (entry.IsUsed && !entry.IsExtended)
            {
                partitions.Add(Describe(record, slot + 1, entry.StartSector, entry));
            }
        }

        foreach (var container in record.Entries.Where(entry => entry.IsUsed && entry.IsExtended))
        {
            ReadChain(disk, record, container, partitions, warnings);
        }

        return partitions;
    }

    private static void ReadChain(IByteSource disk, MasterBootRecord record, BootRecordEntry container, List<Partition> partitions, List<string> warnings)
    {
        var visited = new HashSet<long>();
        var current = container with { StartSector = container.StartSector };
        while (true)
        {
            var offset = current.StartSector * MasterBootRecord.SectorSize;
            if (!visited.Add(current.StartSector) || visited.Count > MaximumRecords)
            {
                warnings.Add($"the chain of extended boot records returns to or exceeds its limit at {offset}; the rest is left out");
                return;
            }

            if (offset > disk.Length - MasterBootRecord.SectorSize)
            {
                warnings.Add($"the chain of extended boot records leaves the disk at {offset}; the rest is left out");
                return;
            }

            var entries = MasterBootRecord.TryReadEntries(disk.ReadBytes(offset, MasterBootRecord.SectorSize));
            if (entries is null)
            {
                warnings.Add($"no boot signature in the extended boot record at {offset}; the rest of the chain is left out");
                return;
            }

            AddLogical(record, container, current, entries, partitions);
            var next = entries.FirstOrDefault(entry => entry.Sectors != 0 && entry.IsExtended);
            if (next.Sectors == 0)
            {
                return;
            }

            // Links count from the start of the outermost container, partitions from their own record.
            current = next with { StartSector = container.StartSector + next.StartSector };
        }
    }

    private static void AddLogical(
        MasterBootRecord record, BootRecordEntry container, BootRecordEntry current, IReadOnlyList<BootRecordEntry> entries, List<Partition> partitions)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var start = current.StartSector + entry.StartSector;
            if (entry.Sectors == 0 || entry.IsExtended)
            {
                continue;
            }

            // The third and fourth entries hold garbage on some disks: they count only where they fit the record and the container.
            var fits = entry.StartSector + entry.Sectors <= current.Sectors
                && start >= container.StartSector
                && start + entry.Sectors <= container.StartSector + container.Sectors;
            if (i < 2 || fits)
            {
                var number = Math.Max(FirstLogicalNumber, partitions.Count == 0 ? 0 : partitions.Max(partition => partition.Number) + 1);
                partitions.Add(Describe(record, number, start, entry));
            }
        }
    }

    private static Partition Describe(MasterBootRecord record, int number, long startSector, BootRecordEntry entry) => new(
        number,
        startSector * MasterBootRecord.SectorSize,
        entry.Sectors * MasterBootRecord.SectorSize,
        string.Create(CultureInfo.InvariantCulture, $"0x{entry.Type:x2}"),
        null,
        string.Create(CultureInfo.InvariantCulture, $"{record.Signature}-{number:x2}"),
        entry.IsBootable);
}
