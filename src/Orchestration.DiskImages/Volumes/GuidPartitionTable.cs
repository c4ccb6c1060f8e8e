using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes;

/// <summary>The GUID partition table. Rules: UEFI specification, chapter 5.</summary>
internal static class GuidPartitionTable
{
    private const string Layer = "gpt";
    private const int MinimumHeaderLength = 92;
    private const int MinimumEntryLength = 128;
    private const int MaximumTableBytes = 4 * 1024 * 1024;
    private const ulong LegacyBootable = 1 << 2;

    private static readonly int[] SectorSizes = [512, 4096];

    private sealed record Header(int SectorSize, Guid DiskId, long AlternateSector, long LastUsableSector, long TableOffset, int EntryCount, int EntryLength, uint TableChecksum);

    public static PartitionTable Read(IByteSource disk, List<string> warnings)
    {
        disk.Prefetch([new ByteRange(0, 64 * 1024), new ByteRange(disk.Length - (64 * 1024), 64 * 1024)]);
        var problems = new List<string>();
        foreach (var sectorSize in SectorSizes)
        {
            if (TryRead(disk, sectorSize, 1, problems) is var (header, table))
            {
                CheckBackup(disk, header, warnings);
                return Describe(disk, header, table, warnings);
            }
        }

        foreach (var sectorSize in SectorSizes)
        {
            if (TryRead(disk, sectorSize, disk.Length / sectorSize - 1, problems) is var (header, table))
            {
                warnings.Add($"the primary GPT is not valid ({problems[0]}); the backup at the end of the disk is used");
                return Describe(disk, header, table, warnings);
            }
        }

        throw new DiskImageException(DiskImageError.Corrupt, Layer, SectorSizes[0], $"the MBR announces a GPT, but neither copy is valid: {string.Join("; ", problems)}");
    }

    private static void CheckBackup(IByteSource disk, Header primary, List<string> warnings)
    {
        var problems = new List<string>();
        if (TryRead(disk, primary.SectorSize, primary.AlternateSector, problems) is not var (backup, _))
        {
            warnings.Add($"the backup GPT is not valid ({string.Join("; ", problems)})");
        }
        else if (backup.DiskId != primary.DiskId || backup.TableChecksum != primary.TableChecksum)
        {
            warnings.Add("the backup GPT differs from the primary");
        }
    }

    private static (Header Header, byte[] Table)? TryRead(IByteSource disk, int sectorSize, long sector, List<string> problems)
    {
        if (sector < 1 || sector >= disk.Length / sectorSize)
        {
            problems.Add($"sector {sector} of {sectorSize} bytes lies outside the disk");
            return null;
        }

        var bytes = disk.ReadBytes(sector * sectorSize, sectorSize);
        if (ParseHeader(bytes, sectorSize, sector, out var problem) is not { } header)
        {
            problems.Add($"sector {sector} of {sectorSize} bytes: {problem}");
            return null;
        }

        var length = header.EntryCount * header.EntryLength;
        if (header.TableOffset < sectorSize || header.TableOffset > disk.Length - length)
        {
            problems.Add($"the entries at {header.TableOffset} leave the disk");
            return null;
        }

        var table = disk.ReadBytes(header.TableOffset, length);
        if (Checksum(table) != header.TableChecksum)
        {
            problems.Add($"the entries at {header.TableOffset} have checksum 0x{Checksum(table):x8}, expected 0x{header.TableChecksum:x8}");
            return null;
        }

        return (header, table);
    }

    private static Header? ParseHeader(byte[] bytes, int sectorSize, long sector, out string problem)
    {
        problem = "";
        if (!bytes.AsSpan().StartsWith("EFI PART"u8))
        {
            problem = "no header signature";
            return null;
        }

        var headerLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12));
        if (headerLength < MinimumHeaderLength || headerLength > sectorSize)
        {
            problem = $"header size {headerLength}";
            return null;
        }

        var expected = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(16));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), 0);
        var checksum = Checksum(bytes.AsSpan(0, (int)headerLength));
        var self = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24));
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(80));
        var entryLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(84));
        var tableSector = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(72));
        problem = checksum != expected ? $"header checksum 0x{checksum:x8}, expected 0x{expected:x8}"
            : self != sector ? $"the header says it lies in sector {self}"
            : entryLength < MinimumEntryLength || entryLength % 8 != 0 || (ulong)count * entryLength > MaximumTableBytes ? $"{count} entries of {entryLength} bytes"
            : tableSector < 0 || tableSector > long.MaxValue / sectorSize ? $"entries at sector {tableSector}"
            : "";
        return problem.Length > 0
            ? null
            : new Header(
                sectorSize,
                new Guid(bytes.AsSpan(56, 16)),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32)),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(48)),
                tableSector * sectorSize,
                (int)count,
                (int)entryLength,
                BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(88)));
    }

    private static PartitionTable Describe(IByteSource disk, Header header, byte[] table, List<string> warnings)
    {
        var partitions = new List<Partition>();
        for (var index = 0; index < header.EntryCount; index++)
        {
            var entry = table.AsSpan(index * header.EntryLength, header.EntryLength);
            var type = new Guid(entry[..16]);
            if (type == Guid.Empty)
            {
                continue;
            }

            var first = BinaryPrimitives.ReadInt64LittleEndian(entry[32..]);
            var last = BinaryPrimitives.ReadInt64LittleEndian(entry[40..]);
            if (first < 1 || last < first || last >= long.MaxValue / header.SectorSize)
            {
                warnings.Add($"partition {index + 1} goes from sector {first} to {last}; it is left out");
                continue;
            }

            var attributes = BinaryPrimitives.ReadUInt64LittleEndian(entry[48..]);
            partitions.Add(new Partition(
                index + 1,
                first * header.SectorSize,
                (last - first + 1) * header.SectorSize,
                type.ToString("D"),
                ReadName(entry[56..MinimumEntryLength]),
                new Guid(entry[16..32]).ToString("D"),
                (attributes & LegacyBootable) != 0)
            {
                Attributes = attributes,
            });
        }

        WarnOfOverlaps(partitions, warnings);
        return new PartitionTable(PartitionScheme.Gpt, header.DiskId.ToString("D"), PartitionTable.Fit(partitions, disk.Length, warnings), warnings);
    }

    private static void WarnOfOverlaps(List<Partition> partitions, List<string> warnings)
    {
        var ordered = partitions.OrderBy(partition => partition.Offset).ToList();
        foreach (var (before, after) in ordered.Zip(ordered.Skip(1)))
        {
            if (after.Offset < before.Offset + before.Length)
            {
                warnings.Add($"partitions {before.Number} and {after.Number} overlap");
            }
        }
    }

    private static string? ReadName(ReadOnlySpan<byte> utf16)
    {
        var name = Encoding.Unicode.GetString(utf16);
        var end = name.IndexOf('\0', StringComparison.Ordinal);
        name = end < 0 ? name : name[..end];
        return name.Length == 0 ? null : name;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(Crc32.Hash(bytes));
}
