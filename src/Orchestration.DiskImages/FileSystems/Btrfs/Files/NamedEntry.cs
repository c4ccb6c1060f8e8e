using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Files;

/// <summary>An entry of a directory, or an extended attribute (struct btrfs_dir_item). An item holds several where their names' hashes collide.</summary>
/// <param name="Location">What an entry leads to: an inode of the same tree, or another tree.</param>
/// <param name="Type">Type byte of an entry.</param>
/// <param name="Name">The name.</param>
/// <param name="Value">The value of an attribute.</param>
internal readonly record struct NamedEntry(BtrfsKey Location, byte Type, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value)
{
    private const int HeaderLength = 30;

    public static List<NamedEntry> ReadAll(TreeItem item)
    {
        var entries = new List<NamedEntry>(1);
        for (var rest = item.Bytes; !rest.IsEmpty;)
        {
            var header = rest.Span;
            int valueLength = rest.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(header[25..]);
            int nameLength = rest.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(header[27..]);
            if (nameLength == 0 || HeaderLength + nameLength + valueLength > rest.Length)
            {
                throw BtrfsVolume.Corrupt(item.At, $"an entry of ({item.Key.Object} {item.Key.Type} {item.Key.Offset}) has {nameLength} bytes of name and {valueLength} of value in {rest.Length} bytes");
            }

            entries.Add(new NamedEntry(TreeNode.ReadKey(header), header[29], rest.Slice(HeaderLength, nameLength), rest.Slice(HeaderLength + nameLength, valueLength)));
            rest = rest[(HeaderLength + nameLength + valueLength)..];
        }

        return entries;
    }
}
