using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>Reads sets of extended attributes, which inodes share (struct squashfs_xattr_id, squashfs_xattr_entry). Thread-safe.</summary>
internal sealed class ExtendedAttributes
{
    private const int HeaderLength = 16;
    private const int IdLength = 16;
    private const int LongestValue = 65536;
    private const int MostInASet = 10_000;

    private static readonly string[] Prefixes = ["user.", "trusted.", "security."];

    private readonly SquashFsVolume _volume;
    private readonly LookupTable? _sets;
    private readonly long _start;
    private readonly long _end;

    public ExtendedAttributes(SquashFsVolume volume)
    {
        _volume = volume;
        if (volume.Superblock.AttributeTable is { } table)
        {
            var header = volume.Source.ReadBytes(table, HeaderLength);
            _start = BinaryPrimitives.ReadInt64LittleEndian(header);
            _end = table;
            _sets = new LookupTable(volume, table + HeaderLength, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)), IdLength, "set of attributes");
        }
    }

    public Dictionary<string, byte[]> Read(SquashFsInode inode)
    {
        var attributes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (inode.Attributes is not { } index)
        {
            return attributes;
        }

        var set = (_sets ?? throw SquashFsVolume.Corrupt(inode.At, $"inode {inode.Number} has attributes, the volume has none")).Read(index);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(set.AsSpan(8));
        if (count > MostInASet)
        {
            throw SquashFsVolume.LimitExceeded(_end, $"inode {inode.Number} has {count} attributes; at most {MostInASet} are read");
        }

        for (var reader = Open(BinaryPrimitives.ReadUInt64LittleEndian(set)); count > 0; count--)
        {
            ReadEntry(reader, attributes);
        }

        return attributes;
    }

    private void ReadEntry(MetadataReader reader, Dictionary<string, byte[]> attributes)
    {
        const int StoredElsewhere = 0x100;
        int type = reader.ReadUInt16();
        var name = reader.ReadBytes(reader.ReadUInt16());
        var value = ReadValue(reader);
        if ((type & StoredElsewhere) != 0)
        {
            value = value.Length == sizeof(ulong)
                ? ReadValue(Open(BinaryPrimitives.ReadUInt64LittleEndian(value)))
                : throw SquashFsVolume.Corrupt(reader.At, $"an attribute is stored elsewhere, at a reference of {value.Length} bytes");
        }

        if ((type & ~StoredElsewhere) < Prefixes.Length)
        {
            attributes[Prefixes[type & ~StoredElsewhere] + Encoding.UTF8.GetString(name)] = value;
        }
        else
        {
            _volume.Warnings.Add($"attributes of an unknown kind ({type}) are not shown");
        }
    }

    private static byte[] ReadValue(MetadataReader reader)
    {
        var length = reader.ReadUInt32();
        return length <= LongestValue ? reader.ReadBytes((int)length) : throw SquashFsVolume.Corrupt(reader.At, $"the value of an attribute has {length} bytes");
    }

    private MetadataReader Open(ulong reference) => reference >> 16 <= int.MaxValue
        ? new MetadataReader(_volume, unchecked(_start + (long)(reference >> 16)), (ushort)reference, _end)
        : throw SquashFsVolume.Corrupt(_end, $"attributes lie at {reference:x}");
}
