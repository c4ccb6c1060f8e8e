using System.Buffers.Binary;
using System.Numerics;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vmdk;

/// <summary>The header of a sparse extent, checked.</summary>
internal sealed record SparseExtentHeader
{
    public const int Sector = 512;

    private const int MaximumGrainSize = 64 * 1024 * 1024;
    private const int MaximumTableEntries = 64 * 1024;
    private const long MaximumCapacity = 1L << 44;
    private const ulong DirectoryAtEnd = ulong.MaxValue;

    private const uint NewlineTestFlag = 1;
    private const uint RedundantDirectoryFlag = 2;
    private const uint ZeroedGrainsFlag = 4;
    private const uint CompressedFlag = 0x1_0000;
    private const uint MarkersFlag = 0x2_0000;
    private const uint KnownFlags = NewlineTestFlag | RedundantDirectoryFlag | ZeroedGrainsFlag | CompressedFlag | MarkersFlag;

    /// <summary>Bytes of the disk that the extent holds.</summary>
    public required long Capacity { get; init; }

    /// <summary>Bytes in a grain: a power of two from 512 to 64 MiB.</summary>
    public required int GrainSize { get; init; }

    /// <summary>Entries in each grain table.</summary>
    public required int TableEntries { get; init; }

    /// <summary>The sector of each grain table.</summary>
    public required EntryTable Directory { get; init; }

    /// <summary>Where the embedded descriptor lies; empty where there is none.</summary>
    public required ByteRange Descriptor { get; init; }

    /// <summary>Whether an entry of 1 means a grain of zeros.</summary>
    public required bool HasZeroedGrains { get; init; }

    /// <summary>Whether each grain is a zlib stream after a marker that gives its length.</summary>
    public required bool IsCompressed { get; init; }

    public static SparseExtentHeader Read(IByteSource source, Action<string> warn)
    {
        if (source.Length >= Sector && source.ReadBytes(0, Sector) is var first && first.AsSpan().StartsWith("COWD"u8))
        {
            return ParseCopyOnWrite(first, source.Length);
        }

        var head = ReadAt(source, 0);
        if (BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(56)) != DirectoryAtEnd)
        {
            return Parse(head, source.Length, warn);
        }

        // A stream is written from front to back: where its directory came to lie stands in a second header, before the end-of-stream marker.
        var footer = ReadAt(source, Math.Max(0, source.Length - 2 * Sector));
        return BinaryPrimitives.ReadUInt64LittleEndian(footer.AsSpan(56)) == DirectoryAtEnd
            ? throw Corrupt(source.Length - 2 * Sector, "the header and the footer both say that the grain directory is found by the other")
            : Parse(footer, source.Length, warn);
    }

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, VmdkDescriptor.Layer, offset, rule);

    private static byte[] ReadAt(IByteSource source, long offset)
    {
        var head = offset <= source.Length - Sector ? source.ReadBytes(offset, Sector) : [];
        return head.AsSpan().StartsWith("KDMV"u8)
            ? head
            : throw Corrupt(offset, $"no header of a sparse extent is here, in an image of {source.Length} bytes: it is truncated, or of another kind");
    }

    private static SparseExtentHeader Parse(byte[] head, long sourceLength, Action<string> warn)
    {
        var version = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8));
        CheckFeatures(head, version, flags);
        if (head[72] != 0)
        {
            warn("vmdk: the image was not closed cleanly");
        }

        var grain = ReadUInt64(head, 20);
        if (grain is 0 or > MaximumGrainSize / Sector || !BitOperations.IsPow2(grain))
        {
            throw Corrupt(20, $"a grain has {grain} sectors, expected a power of two up to {MaximumGrainSize / Sector}");
        }

        var capacity = ReadUInt64(head, 12);
        var entries = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(44));
        if (capacity > MaximumCapacity || entries is 0 or > MaximumTableEntries)
        {
            throw Corrupt(12, $"{capacity} sectors in tables of {entries} grains; up to {MaximumCapacity} in tables of 1 to {MaximumTableEntries} are allowed");
        }

        var tables = (long)((capacity + grain * entries - 1) / (grain * entries));
        return new SparseExtentHeader
        {
            Capacity = (long)capacity * Sector,
            GrainSize = (int)grain * Sector,
            TableEntries = (int)entries,
            Directory = new EntryTable(ChooseDirectory(head, flags, tables, sourceLength, warn), tables),
            Descriptor = FindDescriptor(head, sourceLength),
            HasZeroedGrains = (flags & ZeroedGrainsFlag) != 0,
            IsCompressed = (flags & CompressedFlag) != 0,
        };
    }

    // The older kind, which ESX still makes deltas of. Structure: VMware, Virtual Disk Format 5.0, "ESX Server Sparse Extents" (COWDisk_Header).
    private static SparseExtentHeader ParseCopyOnWrite(byte[] head, long sourceLength)
    {
        const int Entries = 4096;
        uint Field(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(offset));
        if (Field(4) != 1)
        {
            throw Unsupported(4, $"version {Field(4)} of a COWD extent; version 1 is known");
        }

        var (sectors, grain, directory) = (Field(12), Field(16), Field(20));
        if (grain is 0 or > MaximumGrainSize / Sector || !BitOperations.IsPow2(grain))
        {
            throw Corrupt(16, $"a grain has {grain} sectors, expected a power of two up to {MaximumGrainSize / Sector}");
        }

        var tables = (sectors + (long)grain * Entries - 1) / ((long)grain * Entries);
        return directory > 0 && directory * (long)Sector <= sourceLength - tables * sizeof(uint)
            ? new SparseExtentHeader
            {
                Capacity = (long)sectors * Sector,
                GrainSize = (int)grain * Sector,
                TableEntries = Entries,
                Directory = new EntryTable((long)directory * Sector, tables),
                Descriptor = default,
                HasZeroedGrains = false,
                IsCompressed = false,
            }
            : throw Corrupt(20, $"the grain directory of {tables} entries at sector {directory} goes beyond the end of the image ({sourceLength}): it is truncated");
    }

    private static void CheckFeatures(byte[] head, uint version, uint flags)
    {
        if (version is 0 or > 3)
        {
            throw Unsupported(4, $"version {version}; versions 1 to 3 are known");
        }

        if ((flags & 0xffff_0000 & ~KnownFlags) is not 0 and var unknown)
        {
            throw Unsupported(8, $"unknown incompatible flags 0x{unknown:x}");
        }

        if ((flags & NewlineTestFlag) != 0 && !head.AsSpan(73, 4).SequenceEqual("\n \r\n"u8))
        {
            throw Corrupt(73, "line ends were converted: the image was once transferred as text");
        }

        if ((flags & CompressedFlag) == 0)
        {
            return;
        }

        if ((flags & MarkersFlag) == 0)
        {
            throw Unsupported(8, "compressed grains without markers");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(77)) is not 1 and var algorithm)
        {
            throw Unsupported(77, $"compression algorithm {algorithm}; 1 (deflate) is known");
        }
    }

    private static long ChooseDirectory(byte[] head, uint flags, long tables, long sourceLength, Action<string> warn)
    {
        var limit = (sourceLength - tables * sizeof(uint)) / Sector;
        var primary = ReadUInt64(head, 56);
        if (IsInside(primary))
        {
            return (long)primary * Sector;
        }

        var redundant = ReadUInt64(head, 48);
        if ((flags & RedundantDirectoryFlag) == 0 || !IsInside(redundant))
        {
            throw Corrupt(56, $"the grain directory of {tables} entries at sector {primary} goes beyond the end of the image ({sourceLength}): it is truncated");
        }

        warn("vmdk: the grain directory lies outside the image; the redundant one was used");
        return (long)redundant * Sector;

        bool IsInside(ulong sector) => sector > 0 && limit > 0 && sector <= (ulong)limit;
    }

    private static ByteRange FindDescriptor(byte[] head, long sourceLength)
    {
        var offset = ReadUInt64(head, 28);
        var length = ReadUInt64(head, 36);
        if (offset == 0 || length == 0)
        {
            return default;
        }

        return length <= VmdkDescriptor.MaximumLength / Sector && offset <= (ulong)sourceLength / Sector && (long)(offset + length) * Sector <= sourceLength
            ? new ByteRange((long)offset * Sector, (long)length * Sector)
            : throw Corrupt(28, $"the descriptor has {length} sectors at {offset}; at most {VmdkDescriptor.MaximumLength / Sector} inside the image are allowed");
    }

    private static ulong ReadUInt64(byte[] head, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(offset));

    private static DiskImageException Unsupported(long offset, string rule) => new(DiskImageError.Unsupported, VmdkDescriptor.Layer, offset, rule);
}
