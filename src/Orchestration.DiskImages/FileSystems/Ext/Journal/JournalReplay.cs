using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Ext.Journal;

/// <summary>
/// Finds what mounting would replay: the newest committed content of every block in the log, as an overlay. Nothing is written, and only
/// the log's own bookkeeping is read; the blocks' contents are read and checked when they are asked for.
/// Rules: Linux, fs/jbd2/recovery.c.
/// </summary>
internal sealed class JournalReplay
{
    private const int HeaderLength = 12;
    private const uint DescriptorType = 1;
    private const uint CommitType = 2;
    private const uint RevokeType = 5;
    private const int PrefetchedBlocks = 256;

    private readonly JournalBlocks _journal;
    private readonly JournalSuperblock _superblock;
    private readonly WarningList _warnings;
    private readonly Dictionary<long, uint> _revoked = [];
    private readonly List<(uint Sequence, JournalTag Tag, long Index)> _logged = [];

    // The transaction that the scan expects next, and after it the first one that is not complete.
    private uint _sequence;

    private JournalReplay(JournalBlocks journal, JournalSuperblock superblock, WarningList warnings)
    {
        _journal = journal;
        _superblock = superblock;
        _warnings = warnings;
        _sequence = superblock.Sequence;
    }

    /// <summary>The volume as it is after replay: the volume itself where there is nothing to do.</summary>
    public static IByteSource Apply(ExtVolume volume)
    {
        var superblock = volume.Superblock;
        if (superblock.JournalInode == 0)
        {
            volume.Warnings.Add($"the file system was not cleanly unmounted and its journal lies on another device (0x{superblock.JournalDevice:x}); its last changes are not seen");
            return volume.Source;
        }

        var inode = new InodeTable(volume).Get(superblock.JournalInode);
        var journal = new JournalBlocks(volume, inode);
        journal.Prefetch(0, PrefetchedBlocks);
        var head = JournalSuperblock.Read(journal.Read(0), journal.Count, journal.OffsetOf(0));
        var replay = new JournalReplay(journal, head, volume.Warnings);
        if (head.Start != 0)
        {
            if (head.HasVersion1Checksums)
            {
                volume.Warnings.Add("the journal has checksums of version 1, which are not verified; a transaction that was being written may count");
            }

            replay.Scan();
        }

        replay.WarnOfFastCommits();
        var blocks = replay.Resolve(volume);
        return blocks.Count == 0 ? volume.Source : new JournalOverlay(volume.Source, volume.BlockSize, blocks, head);
    }

    // Goes through the log transaction by transaction; what a transaction logs counts only once its commit block is reached and right.
    private void Scan()
    {
        var index = _superblock.Start;
        var transaction = new List<(JournalTag Tag, long Index)>();
        var revokes = new List<long>();
        for (long scanned = 0; scanned < _superblock.End - _superblock.First;)
        {
            var block = _journal.Read(index);
            if (BinaryPrimitives.ReadUInt32BigEndian(block) != JournalSuperblock.Magic || BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(8)) != _sequence)
            {
                return;
            }

            var at = _journal.OffsetOf(index);
            index = Next(index);
            scanned++;
            switch (BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(4)))
            {
                case DescriptorType when IsTailRight(block, at, "descriptor"):
                    foreach (var tag in JournalTag.ReadAll(block, _superblock))
                    {
                        transaction.Add((tag, index));
                        index = Next(index);
                        scanned++;
                    }

                    _journal.Prefetch(index, PrefetchedBlocks);
                    break;
                case RevokeType when IsTailRight(block, at, "revoke"):
                    ReadRevokes(block, at, revokes);
                    break;
                case CommitType when IsCommitRight(block, at):
                    Commit(transaction, revokes);
                    break;
                default:
                    return;
            }
        }
    }

    private void Commit(List<(JournalTag Tag, long Index)> transaction, List<long> revokes)
    {
        _logged.AddRange(transaction.Select(logged => (_sequence, logged.Tag, logged.Index)));
        foreach (var block in revokes)
        {
            _revoked[block] = _sequence;
        }

        _sequence++;
        transaction.Clear();
        revokes.Clear();
    }

    // A revoked block must not be replayed from the transaction that revokes it or an earlier one: it has been freed and may hold data now.
    private Dictionary<long, LoggedBlock> Resolve(ExtVolume volume)
    {
        var blocks = new Dictionary<long, LoggedBlock>();
        foreach (var (sequence, tag, index) in _logged)
        {
            if (_revoked.TryGetValue(tag.Block, out var revokedBy) && (int)(revokedBy - sequence) >= 0)
            {
                continue;
            }

            volume.RequireReplayTarget(tag.Block);
            blocks[tag.Block] = new LoggedBlock(_journal.OffsetOf(index), tag.IsEscaped, tag.Checksum, sequence);
        }

        return blocks;
    }

    private void ReadRevokes(byte[] block, long at, List<long> revokes)
    {
        var recordLength = _superblock.Incompatible.HasFlag(JournalIncompatible.SixtyFourBit) ? 8 : 4;
        var end = BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(HeaderLength));
        if (end > block.Length - (_superblock.HasChecksums ? 4 : 0))
        {
            throw ExtVolume.Corrupt(at + HeaderLength, $"a revoke block of the journal has {end} bytes of {block.Length} in use");
        }

        for (var position = HeaderLength + 4; position + recordLength <= end; position += recordLength)
        {
            var record = block.AsSpan(position, recordLength);
            revokes.Add(recordLength == 8 ? BinaryPrimitives.ReadInt64BigEndian(record) : BinaryPrimitives.ReadUInt32BigEndian(record));
        }
    }

    private bool IsTailRight(byte[] block, long at, string kind) =>
        !_superblock.HasChecksums || IsChecksumRight(block, block.Length - 4, at, kind);

    private bool IsCommitRight(byte[] block, long at)
    {
        const int ChecksumOffset = 16;
        return !_superblock.HasChecksums || IsChecksumRight(block, ChecksumOffset, at, "commit");
    }

    // The log ends at the first block that is not right: it was being written when the machine stopped.
    private bool IsChecksumRight(byte[] block, int checksumOffset, long at, string kind)
    {
        var computed = Crc32C.Append(_superblock.ChecksumSeed, block.AsSpan(0, checksumOffset));
        computed = Crc32C.AppendLittleEndian(computed, 0);
        computed = Crc32C.Append(computed, block.AsSpan(checksumOffset + 4));
        if (BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(checksumOffset)) == computed)
        {
            return true;
        }

        _warnings.Add($"the journal ends with a {kind} block at offset {at} that has a wrong checksum");
        return false;
    }

    private uint Next(uint index) => index + 1 >= _superblock.End ? _superblock.First : index + 1;

    // A fast commit counts only on top of the last full one; older ones are left where they were.
    private void WarnOfFastCommits()
    {
        const ushort HeadTag = 9;
        const int TransactionOffset = 8;

        // The kernel leaves one block between the log and the area.
        var first = _superblock.End + 1;
        if (_superblock.FastCommitBlocks == 0 || first >= _journal.Count)
        {
            return;
        }

        var block = _journal.Read(first);
        if (BinaryPrimitives.ReadUInt16LittleEndian(block) == HeadTag && BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(TransactionOffset)) == _sequence)
        {
            _warnings.Add("the journal holds fast commits, which are not replayed; the last seconds before the machine stopped may be missing");
        }
    }
}
