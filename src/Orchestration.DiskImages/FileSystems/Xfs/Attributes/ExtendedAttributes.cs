using System.Text;

namespace Orchestration.DiskImages.FileSystems.Xfs.Attributes;

/// <summary>Namespace and state of an attribute (XFS_ATTR_*).</summary>
[Flags]
internal enum XfsAttributeFlags
{
    None = 0,

    /// <summary>The value stands beside the name.</summary>
    Local = 0x1,
    Root = 0x2,
    Secure = 0x4,

    /// <summary>Not an attribute, but a name of the inode in a directory.</summary>
    Parent = 0x8,

    /// <summary>Being set or removed when the system stopped.</summary>
    Incomplete = 0x80,
}

/// <summary>Extended attributes, named and presented as the kernel does. Thread-safe.</summary>
internal sealed class ExtendedAttributes(XfsVolume volume, ExtentMap extentMap)
{
    private readonly AttributeBlocks _blocks = new(volume, extentMap);

    public IReadOnlyDictionary<string, byte[]> ReadAll(XfsInode inode)
    {
        var attributes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (!inode.HasAttributes)
        {
            return attributes;
        }

        switch (inode.Attributes.Format)
        {
            case ForkFormat.Local:
                ReadShortForm(inode, attributes);
                break;
            case ForkFormat.Extents when inode.Attributes.ExtentCount == 0:
                break;
            case ForkFormat.Extents or ForkFormat.Tree:
                _blocks.ReadAll(inode, attributes);
                break;
            case var format:
                throw XfsVolume.Corrupt(inode.Offset, $"inode {inode.Number} has attributes of format {format}");
        }

        return attributes;
    }

    /// <summary>Adds an attribute, unless the kernel would not show it; an access control list also as the kernel presents it.</summary>
    public static void Add(Dictionary<string, byte[]> attributes, XfsAttributeFlags flags, ReadOnlySpan<byte> name, byte[] value, long at)
    {
        if ((flags & (XfsAttributeFlags.Parent | XfsAttributeFlags.Incomplete)) != 0)
        {
            return;
        }

        var prefix = (flags & (XfsAttributeFlags.Root | XfsAttributeFlags.Secure)) switch
        {
            XfsAttributeFlags.None => "user.",
            XfsAttributeFlags.Root => "trusted.",
            XfsAttributeFlags.Secure => "security.",
            _ => throw XfsVolume.Corrupt(at, $"an attribute has the flags {flags}"),
        };
        var full = prefix + Encoding.UTF8.GetString(name);
        attributes[full] = value;
        if (AccessControlList.PresentedName(full) is { } presented)
        {
            attributes[presented] = AccessControlList.Convert(value, at);
        }
    }

    private static void ReadShortForm(XfsInode inode, Dictionary<string, byte[]> attributes)
    {
        const int HeaderLength = 4;
        const int EntryHeaderLength = 3;
        var area = inode.Attributes.Area;
        if (area.Length < HeaderLength)
        {
            throw XfsVolume.Corrupt(inode.Offset, $"inode {inode.Number} has {area.Length} bytes for its attributes");
        }

        int count = area[2];
        for (area = area[HeaderLength..]; count > 0; count--)
        {
            if (area.Length < EntryHeaderLength || area.Length < EntryHeaderLength + area[0] + area[1])
            {
                throw XfsVolume.Corrupt(inode.Offset, $"an attribute of inode {inode.Number} leaves the inode");
            }

            var value = area.Slice(EntryHeaderLength + area[0], area[1]).ToArray();
            Add(attributes, (XfsAttributeFlags)area[2], area.Slice(EntryHeaderLength, area[0]), value, inode.Offset);
            area = area[(EntryHeaderLength + area[0] + area[1])..];
        }
    }
}
