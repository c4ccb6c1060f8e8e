using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Lvm.Metadata;

namespace Orchestration.DiskImages.Volumes.Lvm;

/// <summary>
/// A device that belongs to a volume group: its label, and the copies of the group's metadata that it holds. Structures: LVM2, lib/format_text/layout.h
/// (pv_header, mda_header, raw_locn) and lib/label/label.h (label_header).
/// </summary>
/// <param name="Id">Identifier, 32 characters without hyphens.</param>
/// <param name="Source">Its bytes.</param>
/// <param name="Metadata">The root of each readable copy: one section, named as the group; empty where it holds none.</param>
internal sealed record PhysicalVolume(string Id, IByteSource Source, IReadOnlyList<LvmSection> Metadata)
{
    private const int Sector = 512;
    private const int LabelSectors = 4;
    private const int IdLength = 32;
    private const int MaximumAreas = 16;
    private const int MaximumTextLength = 16 * 1024 * 1024;
    private const uint IgnoredFlag = 1;

    // Checksums of a label begin after that field.
    private const int ChecksummedFrom = 20;

    private static ReadOnlySpan<byte> AreaMagic => " LVM2 x[5A%r0N*>"u8;

    /// <exception cref="DiskImageException">There is no label with a right checksum, or it breaks a rule.</exception>
    public static PhysicalVolume Read(IByteSource source, Action<string> warn)
    {
        var (label, offset) = FindLabel(source);
        var header = (int)BinaryPrimitives.ReadUInt32LittleEndian(label.AsSpan(20));
        if (header is < 32 or > Sector - IdLength - sizeof(ulong))
        {
            throw LvmSection.Corrupt($"the physical volume's header lies at {header} in its sector", offset + 20);
        }

        var id = Encoding.ASCII.GetString(label, header, IdLength);
        var position = header + IdLength + sizeof(ulong);
        ReadAreas(label, ref position);
        var copies = new List<LvmSection>();
        foreach (var area in ReadAreas(label, ref position))
        {
            try
            {
                if (ReadText(source, area) is { } text)
                {
                    copies.Add(LvmTextParser.Parse(text));
                }
            }
            catch (DiskImageException exception) when (exception.Error is DiskImageError.Corrupt)
            {
                warn($"a copy of the metadata on physical volume {id} cannot be used: {exception.Message}");
            }
        }

        return new PhysicalVolume(id, source, copies);
    }

    private static (byte[] Label, long Offset) FindLabel(IByteSource source)
    {
        var problem = "none has the signature";
        for (var sector = 0; sector < LabelSectors && (sector + 1) * Sector <= source.Length; sector++)
        {
            var label = source.ReadBytes(sector * Sector, Sector);
            if (!label.AsSpan().StartsWith("LABELONE"u8) || !label.AsSpan(24).StartsWith("LVM2 001"u8))
            {
                continue;
            }

            var expected = BinaryPrimitives.ReadUInt32LittleEndian(label.AsSpan(16));
            var found = Crc32Lvm.Compute(label.AsSpan(ChecksummedFrom));
            if (BinaryPrimitives.ReadUInt64LittleEndian(label.AsSpan(8)) == (ulong)sector && found == expected)
            {
                return (label, sector * Sector);
            }

            problem = $"the one in sector {sector} has checksum 0x{found:x8}, expected 0x{expected:x8}, or belongs elsewhere";
        }

        throw LvmSection.Corrupt($"expected a label in one of the first {LabelSectors} sectors; {problem}", 0);
    }

    /// <summary>Reads a list of areas, which ends with one of offset zero.</summary>
    private static List<ByteRange> ReadAreas(byte[] label, ref int position)
    {
        var areas = new List<ByteRange>();
        while (position <= Sector - 2 * sizeof(ulong))
        {
            var area = new ByteRange(BinaryPrimitives.ReadInt64LittleEndian(label.AsSpan(position)), BinaryPrimitives.ReadInt64LittleEndian(label.AsSpan(position + sizeof(ulong))));
            position += 2 * sizeof(ulong);
            if (area.Offset == 0 || areas.Count == MaximumAreas)
            {
                break;
            }

            areas.Add(area);
        }

        return areas;
    }

    private static string? ReadText(IByteSource source, ByteRange area)
    {
        if (area.Offset < 0 || area.Length < 2 * Sector || area.Offset > source.Length - area.Length)
        {
            throw LvmSection.Corrupt($"a metadata area of {area.Length} bytes at {area.Offset} leaves the volume of {source.Length} bytes");
        }

        var header = source.ReadBytes(area.Offset, Sector);
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var found = Crc32Lvm.Compute(header.AsSpan(sizeof(uint)));
        var version = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(20));
        if (!header.AsSpan(4).StartsWith(AreaMagic) || version != 1 || found != expected)
        {
            throw LvmSection.Corrupt($"the header of a metadata area has version {version} and checksum 0x{found:x8}, expected version 1 and 0x{expected:x8}", area.Offset);
        }

        var offset = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(40));
        var length = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(48));
        var isIgnored = (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(60)) & IgnoredFlag) != 0;
        if (offset == 0 || length == 0 || isIgnored)
        {
            return null;
        }

        if (offset < Sector || offset >= area.Length || length < 0 || length > Math.Min(area.Length - Sector, MaximumTextLength))
        {
            throw LvmSection.Corrupt($"{length} bytes of text at {offset} do not fit into their area of {area.Length} bytes", area.Offset + 40);
        }

        // The area is a ring: a text that reaches its end goes on after the header.
        var first = (int)Math.Min(length, area.Length - offset);
        byte[] text = [.. source.ReadBytes(area.Offset + offset, first), .. source.ReadBytes(area.Offset + Sector, (int)length - first)];
        return Crc32Lvm.Compute(text) == BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(56))
            ? Encoding.UTF8.GetString(text)
            : throw LvmSection.Corrupt("the metadata text has a wrong checksum", area.Offset + offset);
    }
}
