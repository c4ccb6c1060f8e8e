using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;

namespace Orchestration.DiskImages.FileSystems.Ext.Journal;

/// <summary>Features of a journal that a reader must know (s_feature_incompat).</summary>
[Flags]
internal enum JournalIncompatible : uint
{
    None = 0,
    Revoke = 0x1,
    SixtyFourBit = 0x2,
    AsynchronousCommit = 0x4,
    ChecksumVersion2 = 0x8,
    ChecksumVersion3 = 0x10,
    FastCommit = 0x20,
}

/// <summary>The first block of a jbd2 journal, big-endian as the whole journal. Rules: Linux, include/linux/jbd2.h.</summary>
internal sealed record JournalSuperblock
{
    public const uint Magic = 0xc03b3998;

    private const int Length = 1024;
    private const uint Version1Type = 3;
    private const uint Version2Type = 4;
    private const int ChecksumOffset = 0xfc;
    private const uint DefaultFastCommitBlocks = 256;

    private const JournalIncompatible Readable =
        JournalIncompatible.Revoke | JournalIncompatible.SixtyFourBit | JournalIncompatible.AsynchronousCommit
        | JournalIncompatible.ChecksumVersion2 | JournalIncompatible.ChecksumVersion3 | JournalIncompatible.FastCommit;

    public required JournalIncompatible Incompatible { get; init; }

    /// <summary>Commit blocks carry the checksum of version 1, over all blocks of the transaction.</summary>
    public required bool HasVersion1Checksums { get; init; }

    /// <summary>First block of the log; the fast-commit area, where there is one, follows its end.</summary>
    public required uint First { get; init; }

    /// <summary>Block just after the log.</summary>
    public required uint End { get; init; }

    /// <summary>Blocks of the fast-commit area.</summary>
    public required uint FastCommitBlocks { get; init; }

    /// <summary>Number of the first transaction to replay.</summary>
    public required uint Sequence { get; init; }

    /// <summary>Block where that transaction begins; 0 where there is nothing to replay.</summary>
    public required uint Start { get; init; }

    public required uint ChecksumSeed { get; init; }

    public bool HasChecksums => (Incompatible & (JournalIncompatible.ChecksumVersion2 | JournalIncompatible.ChecksumVersion3)) != 0;

    public static JournalSuperblock Read(ReadOnlySpan<byte> block, long blockCount, long at)
    {
        uint U32(ReadOnlySpan<byte> source, int offset) => BinaryPrimitives.ReadUInt32BigEndian(source[offset..]);
        var type = U32(block, 4);
        if (U32(block, 0) != Magic || type is not (Version1Type or Version2Type))
        {
            throw ExtVolume.Corrupt(at, $"the journal superblock has signature 0x{U32(block, 0):x8} and type {type}");
        }

        var blockSize = U32(block, 12);
        if (blockSize != block.Length)
        {
            throw ExtVolume.Corrupt(at + 12, $"the journal has blocks of {blockSize} bytes, the file system of {block.Length}");
        }

        var incompatible = type == Version2Type ? (JournalIncompatible)U32(block, 0x28) : 0;
        if ((incompatible & ~Readable) is not 0 and var unknown)
        {
            throw ExtVolume.Unsupported(at + 0x28, $"the journal has incompatible features 0x{(uint)unknown:x} and is dirty");
        }

        var length = U32(block, 16);
        var fastCommits = (incompatible & JournalIncompatible.FastCommit) == 0 ? 0 : U32(block, 0x54) is not 0 and var given ? given : DefaultFastCommitBlocks;
        var superblock = new JournalSuperblock
        {
            Incompatible = incompatible,
            HasVersion1Checksums = type == Version2Type && (U32(block, 0x24) & 1) != 0,
            First = U32(block, 20),
            End = length - Math.Min(length, fastCommits),
            FastCommitBlocks = fastCommits,
            Sequence = U32(block, 24),
            Start = U32(block, 28),
            ChecksumSeed = Crc32C.Append(uint.MaxValue, block.Slice(0x30, 16)),
        };
        if (length > blockCount || superblock.First < 1 || superblock.First >= superblock.End || superblock.Start >= superblock.End)
        {
            throw ExtVolume.Corrupt(at, $"the log goes from block {superblock.First} to {superblock.End} and begins at {superblock.Start}, the journal has {blockCount} blocks");
        }

        if (superblock.HasChecksums)
        {
            superblock.CheckChecksum(block[..Length], at);
        }

        return superblock;
    }

    private void CheckChecksum(ReadOnlySpan<byte> block, long at)
    {
        const byte Crc32CType = 4;
        if (Incompatible.HasFlag(JournalIncompatible.ChecksumVersion2 | JournalIncompatible.ChecksumVersion3) || block[0x50] != Crc32CType)
        {
            throw ExtVolume.Corrupt(at + 0x50, $"the journal has checksum type {block[0x50]} and features {Incompatible}");
        }

        var computed = Crc32C.Append(uint.MaxValue, block[..ChecksumOffset]);
        computed = Crc32C.AppendLittleEndian(computed, 0);
        computed = Crc32C.Append(computed, block[(ChecksumOffset + 4)..]);
        ExtVolume.RequireChecksum(BinaryPrimitives.ReadUInt32BigEndian(block[ChecksumOffset..]), computed, at, "the journal superblock");
    }
}
