using System.Text;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>Reads directories: runs of entries whose inodes lie in one block of metadata (struct squashfs_dir_header). Thread-safe.</summary>
internal sealed class DirectoryReader(SquashFsVolume volume)
{
    private const int HeaderLength = 12;
    private const int EntryHeaderLength = 8;
    private const int MostEntriesOfARun = 256;
    private const int LongestName = 256;
    private const int MaximumEntries = 2_000_000;

    // The size of a directory counts the entries . and .. with three bytes, which are not stored.
    private const int UnstoredLength = 3;

    public long Locate(SquashFsInode directory) => volume.Superblock.DirectoryTable + directory.Start;

    public List<DirectoryEntry> Read(SquashFsInode directory)
    {
        if (directory.Kind != FileKind.Directory)
        {
            throw SquashFsVolume.Corrupt(directory.At, $"inode {directory.Number} is read as a directory, but is a {directory.Kind}");
        }

        var reader = new MetadataReader(volume, Locate(directory), directory.Offset, volume.Superblock.SizeBytes);
        var entries = new List<DirectoryEntry>();
        for (var left = directory.Size - UnstoredLength; left > 0;)
        {
            var count = reader.ReadUInt32() + 1L;
            var block = reader.ReadUInt32();
            reader.ReadUInt32();
            left -= HeaderLength;
            if (count > MostEntriesOfARun || entries.Count + count > MaximumEntries)
            {
                throw SquashFsVolume.Corrupt(reader.At, $"a run of directory {directory.Number} has {count} entries after {entries.Count}");
            }

            for (; count > 0; count--)
            {
                left -= ReadEntry(directory, reader, block, entries);
            }

            if (left < 0)
            {
                throw SquashFsVolume.Corrupt(reader.At, $"the entries of directory {directory.Number} are longer than it");
            }
        }

        return entries;
    }

    // Returns the number of bytes that it has.
    private static int ReadEntry(SquashFsInode directory, MetadataReader reader, uint block, List<DirectoryEntry> entries)
    {
        var offset = reader.ReadUInt16();
        reader.ReadUInt16();
        var kind = InodeTable.KindOf(reader.ReadUInt16());
        var length = reader.ReadUInt16() + 1;
        if (length > LongestName)
        {
            throw SquashFsVolume.Corrupt(reader.At, $"a name in directory {directory.Number} has {length} bytes");
        }

        var name = reader.ReadBytes(length).AsSpan();
        if (name is [(byte)'.'] or [(byte)'.', (byte)'.'] || name.ContainsAny((byte)'/', (byte)0))
        {
            throw SquashFsVolume.Corrupt(reader.At, $"an entry of directory {directory.Number} has an impossible name");
        }

        entries.Add(new DirectoryEntry(Encoding.UTF8.GetString(name), (ulong)block << 16 | offset, kind));
        return EntryHeaderLength + length;
    }
}
