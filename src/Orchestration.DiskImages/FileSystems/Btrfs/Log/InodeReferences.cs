using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Log;

/// <summary>A name of an inode.</summary>
/// <param name="Parent">Its directory.</param>
/// <param name="Index">Its place in the directory.</param>
/// <param name="Name">The name.</param>
internal readonly record struct InodeReference(ulong Parent, ulong Index, ReadOnlyMemory<byte> Name);

/// <summary>The names of an inode as the inode keeps them (struct btrfs_inode_ref, btrfs_inode_extref).</summary>
internal static class InodeReferences
{
    private const int HeaderLength = 10;
    private const int ExtendedHeaderLength = 18;

    public static List<InodeReference> Read(TreeItem item)
    {
        var isExtended = item.Key.Type == ItemType.ExtendedInodeReference;
        var header = isExtended ? ExtendedHeaderLength : HeaderLength;
        var references = new List<InodeReference>(1);
        for (var rest = item.Bytes; !rest.IsEmpty;)
        {
            var length = rest.Length < header ? rest.Length : header + BinaryPrimitives.ReadUInt16LittleEndian(rest.Span[(header - 2)..]);
            if (rest.Length < header || length > rest.Length)
            {
                throw BtrfsVolume.Corrupt(item.At, $"a name of inode {item.Key.Object} has {length} bytes of {rest.Length}");
            }

            var parent = isExtended ? BinaryPrimitives.ReadUInt64LittleEndian(rest.Span) : item.Key.Offset;
            references.Add(new InodeReference(parent, BinaryPrimitives.ReadUInt64LittleEndian(rest.Span[(header - 10)..]), rest[header..length]));
            rest = rest[length..];
        }

        return references;
    }

    /// <summary>The same item without one name; null where it has no other.</summary>
    public static TreeItem? Without(TreeItem item, InodeReference removed)
    {
        var header = item.Key.Type == ItemType.ExtendedInodeReference ? ExtendedHeaderLength : HeaderLength;
        var position = 0;
        foreach (var reference in Read(item))
        {
            var length = header + reference.Name.Length;
            if (reference.Parent == removed.Parent && reference.Name.Span.SequenceEqual(removed.Name.Span))
            {
                return item.Bytes.Length == length ? null : item with { Bytes = (byte[])[.. item.Span[..position], .. item.Span[(position + length)..]] };
            }

            position += length;
        }

        return item;
    }
}
