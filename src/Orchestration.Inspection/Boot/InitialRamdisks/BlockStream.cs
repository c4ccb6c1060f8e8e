using System.Buffers.Binary;
using Orchestration.DiskImages.Compression;

namespace Orchestration.Inspection.Boot.InitialRamdisks;

/// <summary>Decompresses files that are a row of blocks, each with its length before it: lz4's legacy format, which kernels read, and lzop's.</summary>
internal sealed class BlockStream : ForwardStream
{
    private readonly IEnumerator<ReadOnlyMemory<byte>> _blocks;
    private ReadOnlyMemory<byte> _left;

    private BlockStream(IEnumerable<ReadOnlyMemory<byte>> blocks) => _blocks = blocks.GetEnumerator();

    /// <summary>lz4, doc/lz4_Frame_format.md, "Legacy frame": blocks of at most 8 MiB, each with its compressed length, up to the end of the file.</summary>
    public static BlockStream Lz4Legacy(Stream compressed) => new(ReadLz4(compressed));

    /// <summary>lzop 1.04, <c>lzop.c</c>, "file header" and "block header". Its checksums are not compared.</summary>
    public static BlockStream Lzop(Stream compressed) => new(ReadLzop(compressed));

    public override int Read(Span<byte> buffer)
    {
        while (_left.IsEmpty)
        {
            if (!_blocks.MoveNext())
            {
                return 0;
            }

            _left = _blocks.Current;
        }

        var count = Math.Min(buffer.Length, _left.Length);
        _left.Span[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _blocks.Dispose();
        base.Dispose(disposing);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> ReadLz4(Stream compressed)
    {
        const uint Magic = 0x184C2102;
        const int MaximumBlock = 8 << 20;
        var output = new byte[MaximumBlock];
        var word = new byte[4];
        while (compressed.ReadAtLeast(word, word.Length, throwOnEndOfStream: false) == word.Length)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(word);
            if (length == Magic)
            {
                continue;
            }

            // Whoever builds the image may fill it up with zeros.
            if (length == 0)
            {
                yield break;
            }

            var block = ReadBlock(compressed, length, MaximumBlock + (MaximumBlock / 255) + 16);
            yield return output.AsMemory(0, Lz4.Decompress(block, output, "lz4", compressed.Position - block.Length));
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> ReadLzop(Stream compressed)
    {
        const int MaximumBlock = 64 << 20;
        const int OldVersion = 0x0940;
        const uint HasFilter = 0x800;
        const uint ChecksumsOfContent = 0x101;
        const uint ChecksumsOfBlock = 0x202;
        _ = ReadBlock(compressed, 9, 9);
        var version = BinaryPrimitives.ReadUInt16BigEndian(ReadBlock(compressed, 2, 2));
        _ = ReadBlock(compressed, version >= OldVersion ? 6u : 3u, 6);
        var flags = ReadNumber(compressed);
        _ = ReadBlock(compressed, ((flags & HasFilter) != 0 ? 4u : 0u) + (version >= OldVersion ? 12u : 8u), 16);
        var name = ReadBlock(compressed, 1, 1)[0];
        _ = ReadBlock(compressed, name + 4u, 300);
        while (ReadNumber(compressed) is > 0 and var length)
        {
            var stored = ReadNumber(compressed);
            var checksums = uint.PopCount(flags & ChecksumsOfContent) + (stored < length ? uint.PopCount(flags & ChecksumsOfBlock) : 0);
            _ = ReadBlock(compressed, checksums * 4, 16);
            if (length > MaximumBlock)
            {
                throw new InvalidDataException($"expected a block of at most {MaximumBlock} bytes, found one of {length}");
            }

            var block = ReadBlock(compressed, stored, (int)length);
            if (stored == length)
            {
                yield return block;
                continue;
            }

            var output = new byte[length];
            yield return output.AsMemory(0, Lzo.Decompress(block, output, "lzop", compressed.Position - block.Length));
        }
    }

    private static uint ReadNumber(Stream compressed) => BinaryPrimitives.ReadUInt32BigEndian(ReadBlock(compressed, 4, 4));

    /// <summary>A block that is longer than it may be, or than what is left, is not made room for.</summary>
    private static byte[] ReadBlock(Stream compressed, uint length, int maximum)
    {
        if (length > maximum || length > compressed.Length - compressed.Position)
        {
            throw new InvalidDataException($"expected a block of at most {Math.Min(maximum, compressed.Length - compressed.Position)} bytes, found one of {length}");
        }

        var block = new byte[length];
        compressed.ReadExactly(block);
        return block;
    }
}
