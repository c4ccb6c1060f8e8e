using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.FileSystems.Ntfs.Content;
using Orchestration.DiskImages.FileSystems.Ntfs.Records;

namespace Orchestration.DiskImages.FileSystems.Ntfs;

/// <summary>An entry of a directory's index of names ($I30).</summary>
/// <param name="File">What it leads to.</param>
/// <param name="Name">The name.</param>
/// <param name="IsShort">It is the DOS name of a file that has another.</param>
/// <param name="IsDirectory">It leads to a directory.</param>
/// <param name="IsReparsePoint">It may be a link.</param>
internal readonly record struct IndexEntry(FileReference File, string Name, bool IsShort, bool IsDirectory, bool IsReparsePoint);

/// <summary>Reads directories: a B-tree of names, its root in the file record and its other nodes in clusters. Thread-safe.</summary>
internal sealed class DirectoryIndex(NtfsVolume volume, AttributeContent content)
{
    private const string IndexName = "$I30";
    private const int RootHeaderLength = 16;
    private const int NodeHeaderLength = 16;
    private const int BlockHeaderLength = 24;
    private const int EntryHeaderLength = 16;
    private const int MaximumEntries = 2_000_000;
    private const long PrefetchedAtOnce = 4 * 1024 * 1024;

    /// <summary>All entries, in the order of the index, short names among them.</summary>
    public List<IndexEntry> Read(NtfsFile directory)
    {
        var root = directory.Find(AttributeType.IndexRoot, IndexName)?.Value;
        if (!directory.IsDirectory || root is null || root.Length < RootHeaderLength + NodeHeaderLength)
        {
            throw NtfsVolume.Corrupt(directory.At, $"file {directory.Number} is read as a directory, but has no index of names");
        }

        var blockSize = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(root.AsSpan(8)), int.MaxValue);
        var allocation = directory.Find(AttributeType.IndexAllocation, IndexName);
        if (allocation is not null)
        {
            volume.Source.Prefetch([.. content.Locate(allocation, PrefetchedAtOnce)]);
        }

        var entries = new List<IndexEntry>();
        var pending = new Stack<long>();
        var seen = new HashSet<long>();
        ReadNode(directory, root.AsSpan(RootHeaderLength), directory.At, entries, pending);
        while (pending.TryPop(out var block))
        {
            if (allocation is null || !seen.Add(block))
            {
                throw NtfsVolume.Corrupt(directory.At, $"block {block} of the index of directory {directory.Number} does not exist, or was met before");
            }

            ReadNode(directory, ReadBlock(directory, allocation, block, blockSize).AsSpan(BlockHeaderLength), allocation.At, entries, pending);
        }

        return entries;
    }

    // Blocks are numbered by clusters, or by 512 bytes where clusters are larger than blocks.
    private byte[] ReadBlock(NtfsFile directory, NtfsAttribute allocation, long number, int blockSize)
    {
        const int Sector = 512;
        var unit = volume.ClusterSize <= blockSize ? volume.ClusterSize : Sector;
        if (blockSize < Sector || blockSize > 1 << 16 || blockSize % Sector != 0 || number < 0 || number > (allocation.Size - blockSize) / unit)
        {
            throw NtfsVolume.Corrupt(allocation.At, $"block {number} of the index of directory {directory.Number} is referred to, which has {allocation.Size} bytes in blocks of {blockSize}");
        }

        var block = new byte[blockSize];
        content.Read(allocation, number * unit, block);
        if (!block.AsSpan().StartsWith("INDX"u8) || BinaryPrimitives.ReadInt64LittleEndian(block.AsSpan(16)) != number)
        {
            throw NtfsVolume.Corrupt(allocation.At, $"block {number} of the index of directory {directory.Number} has no signature INDX or another number");
        }

        NtfsVolume.ApplyFixups(block, allocation.At, $"block {number} of the index of directory {directory.Number}");
        return block;
    }

    private static void ReadNode(NtfsFile directory, ReadOnlySpan<byte> node, long at, List<IndexEntry> entries, Stack<long> pending)
    {
        const ushort HasChild = 0x1;
        const ushort IsLast = 0x2;
        var start = BinaryPrimitives.ReadUInt32LittleEndian(node);
        var end = BinaryPrimitives.ReadUInt32LittleEndian(node[4..]);
        if (end > node.Length || start > end)
        {
            throw NtfsVolume.Corrupt(at, $"a node of the index of directory {directory.Number} has entries from {start} to {end} in {node.Length} bytes");
        }

        for (var rest = node[(int)start..(int)end]; ;)
        {
            int length = rest.Length < EntryHeaderLength ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]);
            var flags = length == 0 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(rest[12..]);
            if (length < EntryHeaderLength + ((flags & HasChild) != 0 ? 8 : 0) || length > rest.Length)
            {
                throw NtfsVolume.Corrupt(at, $"an entry of the index of directory {directory.Number} has {length} bytes of {rest.Length} left");
            }

            if ((flags & HasChild) != 0)
            {
                pending.Push(BinaryPrimitives.ReadInt64LittleEndian(rest[(length - 8)..]));
            }

            if ((flags & IsLast) != 0)
            {
                return;
            }

            if (entries.Count == MaximumEntries)
            {
                throw NtfsVolume.LimitExceeded(at, $"directory {directory.Number} has more than {MaximumEntries} entries");
            }

            entries.Add(ReadEntry(directory, rest[..length], at));
            rest = rest[length..];
        }
    }

    private static IndexEntry ReadEntry(NtfsFile directory, ReadOnlySpan<byte> entry, long at)
    {
        const int NameOffset = 66;
        const byte ShortNameSpace = 2;
        const uint DirectoryFlag = 0x10000000;
        const uint ReparseFlag = 0x400;
        var key = entry[EntryHeaderLength..];
        int keyLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]);
        if (keyLength > key.Length || keyLength < NameOffset || NameOffset + key[64] * 2 > keyLength)
        {
            throw NtfsVolume.Corrupt(at, $"a name in the index of directory {directory.Number} has {keyLength} bytes");
        }

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(key[56..]);
        var name = Encoding.Unicode.GetString(key.Slice(NameOffset, key[64] * 2));
        return name.Length > 0 && !name.AsSpan().ContainsAny('/', '\0')
            ? new IndexEntry(
                new FileReference(BinaryPrimitives.ReadUInt64LittleEndian(entry)), name, key[65] == ShortNameSpace, (flags & DirectoryFlag) != 0, (flags & ReparseFlag) != 0)
            : throw NtfsVolume.Corrupt(at, $"an entry of directory {directory.Number} has an impossible name");
    }
}
