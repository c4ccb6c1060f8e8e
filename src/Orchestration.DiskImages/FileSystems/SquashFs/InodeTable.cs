using System.Buffers.Binary;
using System.Text;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>Reads inodes (struct squashfs_base_inode and its kin). Thread-safe.</summary>
internal sealed class InodeTable(SquashFsVolume volume)
{
    private const uint None = uint.MaxValue;
    private const int BasicTypes = 7;
    private const int LongestTarget = 65535;

    private static readonly FileKind[] Kinds =
    [
        FileKind.Unknown, FileKind.Directory, FileKind.Regular, FileKind.SymbolicLink, FileKind.BlockDevice, FileKind.CharacterDevice, FileKind.NamedPipe, FileKind.Socket,
    ];

    private readonly LookupTable _ids = new(volume, volume.Superblock.IdTable, volume.Superblock.IdCount, sizeof(uint), "owner");

    public static FileKind KindOf(int type) => type < Kinds.Length ? Kinds[type] : FileKind.Unknown;

    public long Locate(ulong reference) => volume.Superblock.InodeTable + (long)(reference >> 16 & uint.MaxValue);

    /// <param name="reference">See <see cref="SquashFsSuperblock.RootInode"/>.</param>
    public SquashFsInode Read(ulong reference)
    {
        var reader = OpenAt(Locate(reference), (ushort)reference);
        var at = reader.At;
        var type = reader.ReadUInt16();
        var isExtended = type > BasicTypes;
        var kind = KindOf(isExtended ? type - BasicTypes : type);
        var permissions = reader.ReadUInt16() & 0xfff;
        var user = ReadId(reader.ReadUInt16());
        var group = ReadId(reader.ReadUInt16());
        var modified = reader.ReadUInt32();
        var number = reader.ReadUInt32();
        var inode = new SquashFsInode(reference, number, kind, permissions, user, group, modified, 1, 0, 0, 0, null, null, at, default);
        return kind switch
        {
            FileKind.Directory => isExtended ? ReadExtendedDirectory(inode, reader) : ReadDirectory(inode, reader),
            FileKind.Regular => isExtended ? ReadExtendedFile(inode, reader) : ReadFile(inode, reader),
            FileKind.SymbolicLink => ReadLink(inode, reader, isExtended),
            FileKind.BlockDevice or FileKind.CharacterDevice => ReadSpecial(inode, reader, isExtended, hasDevice: true),
            FileKind.NamedPipe or FileKind.Socket => ReadSpecial(inode, reader, isExtended, hasDevice: false),
            _ => throw SquashFsVolume.Corrupt(at, $"an inode is of type {type}"),
        };
    }

    public string ReadTarget(SquashFsInode link) => Encoding.UTF8.GetString(OpenAt(link.Rest.Block, link.Rest.Offset).ReadBytes((int)link.Size));

    /// <summary>Reads what follows an inode.</summary>
    public MetadataReader OpenAt(long block, int offset) => new(volume, block, offset, volume.Superblock.DirectoryTable);

    private static SquashFsInode ReadDirectory(SquashFsInode inode, MetadataReader reader)
    {
        var start = reader.ReadUInt32();
        var links = reader.ReadUInt32();
        var size = reader.ReadUInt16();
        return inode with { Start = start, LinkCount = links, Size = size, Offset = reader.ReadUInt16() };
    }

    private static SquashFsInode ReadExtendedDirectory(SquashFsInode inode, MetadataReader reader)
    {
        var links = reader.ReadUInt32();
        var size = reader.ReadUInt32();
        var start = reader.ReadUInt32();
        reader.ReadUInt32();
        reader.ReadUInt16();
        var offset = reader.ReadUInt16();
        return inode with { LinkCount = links, Size = size, Start = start, Offset = offset, Attributes = ToIndex(reader.ReadUInt32()) };
    }

    private static SquashFsInode ReadFile(SquashFsInode inode, MetadataReader reader)
    {
        var start = reader.ReadUInt32();
        var fragment = ToIndex(reader.ReadUInt32());
        var offset = reader.ReadUInt32();
        var size = reader.ReadUInt32();
        return Check(inode with { Start = start, Fragment = fragment, Size = size, Rest = reader.Position }, offset);
    }

    private static SquashFsInode ReadExtendedFile(SquashFsInode inode, MetadataReader reader)
    {
        var start = reader.ReadUInt64();
        var size = reader.ReadUInt64();
        reader.ReadUInt64();
        var links = reader.ReadUInt32();
        var fragment = ToIndex(reader.ReadUInt32());
        var offset = reader.ReadUInt32();
        var attributes = ToIndex(reader.ReadUInt32());
        return start <= long.MaxValue && size <= long.MaxValue / 2
            ? Check(inode with { Start = (long)start, Size = (long)size, LinkCount = links, Fragment = fragment, Attributes = attributes, Rest = reader.Position }, offset)
            : throw SquashFsVolume.Corrupt(inode.At, $"inode {inode.Number} has {size} bytes from {start}");
    }

    private static SquashFsInode ReadLink(SquashFsInode inode, MetadataReader reader, bool isExtended)
    {
        var links = reader.ReadUInt32();
        var size = reader.ReadUInt32();
        var rest = reader.Position;
        if (size is 0 or > LongestTarget)
        {
            throw SquashFsVolume.Corrupt(inode.At, $"the target of symbolic link {inode.Number} has {size} bytes");
        }

        uint? attributes = null;
        if (isExtended)
        {
            reader.ReadBytes((int)size);
            attributes = ToIndex(reader.ReadUInt32());
        }

        return inode with { LinkCount = links, Size = size, Rest = rest, Attributes = attributes };
    }

    private static SquashFsInode ReadSpecial(SquashFsInode inode, MetadataReader reader, bool isExtended, bool hasDevice)
    {
        var links = reader.ReadUInt32();
        if (hasDevice)
        {
            reader.ReadUInt32();
        }

        return inode with { LinkCount = links, Attributes = isExtended ? ToIndex(reader.ReadUInt32()) : null };
    }

    private static SquashFsInode Check(SquashFsInode inode, uint offset) => inode.Fragment is null || offset <= int.MaxValue / 2
        ? inode with { Offset = (int)(offset & int.MaxValue) }
        : throw SquashFsVolume.Corrupt(inode.At, $"the tail of inode {inode.Number} lies at {offset} of its fragment");

    private static uint? ToIndex(uint stored) => stored == None ? null : stored;

    private uint ReadId(ushort index) => BinaryPrimitives.ReadUInt32LittleEndian(_ids.Read(index));
}
