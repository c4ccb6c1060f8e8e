using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Xfs.Log.Records;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log;

/// <summary>
/// Which record of the log a block was last written for. A block that was written after a record must not be taken back to it.
/// </summary>
internal static class BlockSequence
{
    /// <summary>Null for blocks that do not say it, or that are not, or no longer, of this file system.</summary>
    public static ulong? Of(ReadOnlySpan<byte> block, XfsSuperblock superblock)
    {
        if (!superblock.IsVersion5 || block.Length < LogRing.Sector)
        {
            return null;
        }

        // Offsets of the sequence number and of the file system's identifier, by signature. Values of attributes do not keep a number.
        var (sequence, uuid) = BinaryPrimitives.ReadUInt32BigEndian(block) switch
        {
            0x58465342 => (240, 32),                             // superblock
            0x424d4133 => (32, 40),                              // extent tree
            0x58444233 or 0x58444433 or 0x58444633 => (16, 24),  // directory: single block, data, free space
            0x58534c4d => (48, 16),                              // symbolic link
            _ => BinaryPrimitives.ReadUInt16BigEndian(block[8..]) switch
            {
                0x3df1 or 0x3dff or 0x3ebe or 0x3bee => (24, 32), // directory leaves, nodes, attribute leaves
                _ => (0, 0),
            },
        };
        if (uuid == 0)
        {
            return null;
        }

        var found = BinaryPrimitives.ReadUInt64BigEndian(block[sequence..]);
        var isOwn = uuid == 32 && sequence == 240 || block.Slice(uuid, 16).SequenceEqual(superblock.MetadataUuid);
        return isOwn && found is not (0 or ulong.MaxValue) ? found : null;
    }
}
