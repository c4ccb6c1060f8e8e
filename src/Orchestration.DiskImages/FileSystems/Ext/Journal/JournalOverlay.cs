using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Ext.Journal;

/// <summary>The newest committed content of a block, in the log.</summary>
/// <param name="Offset">Byte offset of the content on the volume.</param>
/// <param name="IsEscaped">Its first four bytes are to be replaced by the journal's magic number.</param>
/// <param name="Checksum">As the tag stores it.</param>
/// <param name="Sequence">The transaction, which its checksum covers.</param>
internal readonly record struct LoggedBlock(long Offset, bool IsEscaped, uint Checksum, uint Sequence);

/// <summary>A volume with the blocks of its journal in place of those that they supersede. Thread-safe.</summary>
internal sealed class JournalOverlay(IByteSource volume, int blockSize, Dictionary<long, LoggedBlock> blocks, JournalSuperblock superblock) : IByteSource
{
    public long Length => volume.Length;

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        while (!buffer.IsEmpty)
        {
            var length = RunLength(offset, buffer.Length, out var logged);
            var part = buffer[..length];
            if (logged is { } block)
            {
                ReadLogged(block).AsSpan((int)(offset % blockSize), length).CopyTo(part);
            }
            else
            {
                volume.Read(offset, part);
            }

            offset += length;
            buffer = buffer[length..];
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
        var translated = new List<ByteRange>(ranges.Count);
        foreach (var range in ranges.Select(range => range.ClampTo(Length)))
        {
            for (var offset = range.Offset; offset < range.End;)
            {
                var length = RunLength(offset, (int)Math.Min(range.End - offset, int.MaxValue), out var logged);
                translated.Add(logged is { } block ? new ByteRange(block.Offset, blockSize) : new ByteRange(offset, length));
                offset += length;
            }
        }

        volume.Prefetch(translated);
    }

    // How far the bytes at the offset come from one place: within one logged block, or up to the next one.
    private int RunLength(long offset, int limit, out LoggedBlock? logged)
    {
        var length = Math.Min(limit, blockSize - (int)(offset % blockSize));
        logged = blocks.TryGetValue(offset / blockSize, out var block) ? block : null;
        while (logged is null && length < limit && !blocks.ContainsKey((offset + length) / blockSize))
        {
            length = Math.Min(limit, length + blockSize);
        }

        return length;
    }

    private byte[] ReadLogged(LoggedBlock block)
    {
        var content = volume.ReadBytes(block.Offset, blockSize);
        if (superblock.HasChecksums)
        {
            CheckChecksum(block, content);
        }

        if (block.IsEscaped)
        {
            BinaryPrimitives.WriteUInt32BigEndian(content, JournalSuperblock.Magic);
        }

        return content;
    }

    private void CheckChecksum(LoggedBlock block, byte[] content)
    {
        Span<byte> sequence = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(sequence, block.Sequence);
        var computed = Crc32C.Append(Crc32C.Append(superblock.ChecksumSeed, sequence), content);
        var mask = superblock.Incompatible.HasFlag(JournalIncompatible.ChecksumVersion3) ? uint.MaxValue : 0xffff;
        ExtVolume.RequireChecksum(block.Checksum, computed & mask, block.Offset, "a block in the journal");
    }
}
