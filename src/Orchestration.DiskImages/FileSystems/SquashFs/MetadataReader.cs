using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>Reads metadata from a place in it on, over the borders of blocks. Not thread-safe.</summary>
/// <param name="volume">The volume.</param>
/// <param name="block">Where the block lies on the volume.</param>
/// <param name="offset">Where to begin in the decompressed block.</param>
/// <param name="end">Where on the volume the table ends; no block begins there or later.</param>
internal sealed class MetadataReader(SquashFsVolume volume, long block, int offset, long end)
{
    private MetadataBlock? _current;

    /// <summary>Where the present block lies on the volume, for messages.</summary>
    public long At { get; private set; } = block;

    /// <summary>Where the next byte lies, as inodes refer to it.</summary>
    public (long Block, int Offset) Position { get; private set; } = (block, offset);

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Read(stackalloc byte[2]));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Read(stackalloc byte[4]));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Read(stackalloc byte[8]));

    /// <summary>A new array of bytes, whose number the caller has bounded.</summary>
    public byte[] ReadBytes(int count)
    {
        var bytes = new byte[count];
        Read(bytes);
        return bytes;
    }

    private Span<byte> Read(Span<byte> buffer)
    {
        for (var rest = buffer; !rest.IsEmpty;)
        {
            _current ??= ReadBlock(Position.Block);
            var available = _current.Content.Length - Position.Offset;
            if (available < 0)
            {
                throw SquashFsVolume.Corrupt(At, $"byte {Position.Offset} of a block of metadata is referred to, which has {_current.Content.Length}");
            }

            var count = Math.Min(available, rest.Length);
            _current.Content.AsSpan(Position.Offset, count).CopyTo(rest);
            rest = rest[count..];
            Position = (Position.Block, Position.Offset + count);
            if (count == available)
            {
                // Only the last block of a table is shorter than the others, and no table goes on after it.
                Position = (_current.Next, 0);
                _current = null;
            }
        }

        return buffer;
    }

    private MetadataBlock ReadBlock(long at)
    {
        At = at;
        return at < end ? volume.ReadMetadata(at) : throw SquashFsVolume.Corrupt(at, $"metadata is read on at {at}, but its table ends at {end}");
    }
}
