using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Ext.Journal;

/// <summary>What a descriptor block says of one block that follows it in the log.</summary>
/// <param name="Block">Where it belongs on the volume.</param>
/// <param name="IsEscaped">Its first four bytes were the journal's magic number and were zeroed.</param>
/// <param name="Checksum">Checksum of its content: 32 bits in version 3, the lower 16 in version 2.</param>
internal readonly record struct JournalTag(long Block, bool IsEscaped, uint Checksum)
{
    private const int HeaderLength = 12;
    private const uint Escaped = 1;
    private const uint SameUuid = 2;
    private const uint Last = 8;

    /// <summary>The tags of a descriptor block, in the order of the blocks that follow it.</summary>
    public static List<JournalTag> ReadAll(ReadOnlySpan<byte> descriptor, JournalSuperblock superblock)
    {
        var isVersion3 = superblock.Incompatible.HasFlag(JournalIncompatible.ChecksumVersion3);
        var isWide = superblock.Incompatible.HasFlag(JournalIncompatible.SixtyFourBit);

        // Version 2 adds two bytes to every tag, though its checksum stands within the original eight.
        var length = isVersion3 ? 16 : 8 + (isWide ? 4 : 0) + (superblock.Incompatible.HasFlag(JournalIncompatible.ChecksumVersion2) ? 2 : 0);
        var end = descriptor.Length - (superblock.HasChecksums ? 4 : 0);
        var tags = new List<JournalTag>();
        for (var position = HeaderLength; position + length <= end;)
        {
            var tag = descriptor.Slice(position, length);
            var flags = isVersion3 ? BinaryPrimitives.ReadUInt32BigEndian(tag[4..]) : BinaryPrimitives.ReadUInt16BigEndian(tag[6..]);
            long block = BinaryPrimitives.ReadUInt32BigEndian(tag);
            if (isWide)
            {
                block |= (long)BinaryPrimitives.ReadUInt32BigEndian(tag[8..]) << 32;
            }

            var checksum = isVersion3 ? BinaryPrimitives.ReadUInt32BigEndian(tag[12..]) : BinaryPrimitives.ReadUInt16BigEndian(tag[4..]);
            tags.Add(new JournalTag(block, (flags & Escaped) != 0, checksum));
            position += length + ((flags & SameUuid) != 0 ? 0 : 16);
            if ((flags & Last) != 0)
            {
                break;
            }
        }

        return tags;
    }
}
