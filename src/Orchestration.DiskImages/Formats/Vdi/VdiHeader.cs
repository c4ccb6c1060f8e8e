using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vdi;

/// <summary>The header of a VirtualBox disk image, version 1, checked. Rules: VirtualBox, src/VBox/Storage/VDICore.h.</summary>
internal sealed record VdiHeader
{
    public const string Layer = "vdi";

    private const int HeaderLength = 0x1c8;
    private const int MaximumBlockSize = 256 * 1024 * 1024;

    /// <summary>Virtual size in bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Virtual bytes in a block: a power of two from 512 to 256 MiB.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Bytes that are stored before the content of each block and are not part of the disk.</summary>
    public required long BlockExtraSize { get; init; }

    /// <summary>Where the first stored block begins.</summary>
    public required long DataOffset { get; init; }

    /// <summary>The block map: the number of the stored block for each virtual block.</summary>
    public required EntryTable BlockMap { get; init; }

    public required Guid Identifier { get; init; }

    /// <summary>Changes whenever the disk is written to.</summary>
    public required Guid Modification { get; init; }

    /// <summary>Whether what is not in the image is in its parent.</summary>
    public required bool IsDifferencing { get; init; }

    public required Guid ParentIdentifier { get; init; }

    public required Guid ParentModification { get; init; }

    public static VdiHeader Read(IByteSource source)
    {
        if (source.Length < HeaderLength)
        {
            throw Corrupt(0, $"a header has {HeaderLength} bytes, the image has {source.Length}");
        }

        var head = source.ReadBytes(0, HeaderLength);
        var version = ReadUInt32(head, 0x44);
        if (version >> 16 != 1)
        {
            throw Unsupported(0x44, $"version {version >> 16}.{version & 0xffff}; version 1 is known");
        }

        var header = new VdiHeader
        {
            VirtualSize = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(0x170)),
            BlockSize = ReadBlockSize(head),
            BlockExtraSize = ReadUInt32(head, 0x17c),
            DataOffset = ReadUInt32(head, 0x158),
            BlockMap = new EntryTable(ReadUInt32(head, 0x154), ReadUInt32(head, 0x180)),
            Identifier = new Guid(head.AsSpan(0x188, 16)),
            Modification = new Guid(head.AsSpan(0x198, 16)),
            IsDifferencing = ReadType(head) == 4,
            ParentIdentifier = new Guid(head.AsSpan(0x1a8, 16)),
            ParentModification = new Guid(head.AsSpan(0x1b8, 16)),
        };
        header.Check(source.Length);
        return header;
    }

    public static DiskImageException Corrupt(long offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    private static uint ReadUInt32(byte[] head, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(offset));

    private static uint ReadType(byte[] head)
    {
        // Fixed images have the same map as dynamic ones, with every block allocated.
        var type = ReadUInt32(head, 0x4c);
        return type switch
        {
            1 or 2 or 4 => type,
            3 => throw Unsupported(0x4c, "an undo image (type 3); dynamic, fixed and differencing images are known"),
            _ => throw Unsupported(0x4c, $"image type {type}; 1 (dynamic), 2 (fixed) and 4 (differencing) are known"),
        };
    }

    private static int ReadBlockSize(byte[] head)
    {
        var size = ReadUInt32(head, 0x178);
        return size is >= 512 and <= MaximumBlockSize && BitOperations.IsPow2(size)
            ? (int)size
            : throw Corrupt(0x178, $"the block size is {size}, expected a power of two from 512 to {MaximumBlockSize}");
    }

    private static DiskImageException Unsupported(long offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);

    private void Check(long sourceLength)
    {
        if (VirtualSize < 0 || VirtualSize > BlockMap.Count * BlockSize)
        {
            throw Corrupt(0x170, $"the virtual size is {(ulong)VirtualSize}, the block map covers {BlockMap.Count * BlockSize}");
        }

        if (BlockExtraSize > MaximumBlockSize)
        {
            throw Corrupt(0x17c, $"{BlockExtraSize} extra bytes before each block, expected at most {MaximumBlockSize}");
        }

        if (BlockMap.Offset + BlockMap.Count * sizeof(uint) > sourceLength)
        {
            throw Corrupt(0x154, $"the block map ends at {BlockMap.Offset + BlockMap.Count * sizeof(uint)}, the image at {sourceLength}: it is truncated");
        }
    }
}
