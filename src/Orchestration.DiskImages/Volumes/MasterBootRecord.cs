using System.Buffers.Binary;
using System.Globalization;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes;

/// <summary>One of the four entries of an MBR or extended boot record. Positions are in sectors of 512 bytes.</summary>
internal readonly record struct BootRecordEntry(byte Flag, byte Type, long StartSector, long Sectors)
{
    public bool IsUsed => Sectors != 0;

    public bool IsExtended => Type is 0x05 or 0x0f or 0x85;

    public bool IsBootable => Flag == 0x80;
}

/// <summary>The boot record in the first sector of a disk, or at the head of a logical partition, where one is plausible.</summary>
internal sealed record MasterBootRecord(string Signature, IReadOnlyList<BootRecordEntry> Entries)
{
    /// <summary>Sector size of MBR tables; images of 4Kn disks with an MBR are not told apart from others and not in use.</summary>
    public const int SectorSize = 512;

    private const int EntriesOffset = 446;
    private const int EntryLength = 16;
    private const byte ProtectiveType = 0xee;

    public bool AnnouncesGpt => Entries.Any(entry => entry.Type == ProtectiveType);

    public bool IsEmpty => Entries.All(entry => !entry.IsUsed);

    /// <summary>Null where the sector has no boot signature, or a flag that no partition table has.</summary>
    public static MasterBootRecord? TryRead(IByteSource disk)
    {
        if (disk.Length < SectorSize)
        {
            return null;
        }

        var sector = disk.ReadBytes(0, SectorSize);
        var entries = TryReadEntries(sector);
        return entries is null || entries.Any(entry => entry.Flag is not (0 or 0x80))
            ? null
            : new MasterBootRecord(BinaryPrimitives.ReadUInt32LittleEndian(sector.AsSpan(440)).ToString("x8", CultureInfo.InvariantCulture), entries);
    }

    /// <summary>The four entries of a boot record; null without the boot signature.</summary>
    public static IReadOnlyList<BootRecordEntry>? TryReadEntries(ReadOnlySpan<byte> sector)
    {
        if (sector[510] != 0x55 || sector[511] != 0xaa)
        {
            return null;
        }

        var entries = new BootRecordEntry[4];
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = sector.Slice(EntriesOffset + i * EntryLength, EntryLength);
            entries[i] = new BootRecordEntry(
                entry[0],
                entry[4],
                BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]));
        }

        return entries;
    }
}
