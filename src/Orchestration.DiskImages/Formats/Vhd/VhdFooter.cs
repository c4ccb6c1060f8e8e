using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhd;

internal enum VhdType
{
    Fixed = 2,
    Dynamic = 3,
    Differencing = 4,
}

/// <summary>The footer of a VHD image, checked. Rules: Microsoft, Virtual Hard Disk Image Format Specification, 2006.</summary>
internal sealed record VhdFooter
{
    public const string Layer = "vhd";
    public const int Length = 512;

    // Virtual PC before 2004 wrote a footer without its last, reserved byte.
    private const int OldLength = 511;

    /// <summary>Where the footer at the end of the file begins: the content of a fixed disk ends there.</summary>
    public required long Offset { get; init; }

    public required VhdType Type { get; init; }

    /// <summary>
    /// Virtual size in bytes: the footer's current size, as Hyper-V and Azure have it. The size that the geometry gives, which Virtual PC
    /// showed its guests, is the same or a little less.
    /// </summary>
    public required long VirtualSize { get; init; }

    /// <summary>Where the header of a dynamic or differencing disk lies.</summary>
    public required long HeaderOffset { get; init; }

    public required Guid Identifier { get; init; }

    /// <summary>The footer at the end or, where that is damaged, the copy that dynamic disks have at the start.</summary>
    public static VhdFooter Read(IByteSource source, Action<string> warn)
    {
        var (footer, offset) = ReadEnd(source);
        if (!IsValid(footer))
        {
            var copy = source.ReadBytes(0, (int)Math.Min(Length, source.Length));
            if (copy.Length < Length || !IsValid(copy))
            {
                throw Corrupt(offset, "neither the footer nor a copy of it at the start has the cookie 'conectix' and a right checksum");
            }

            warn("vhd: the footer at the end is missing or damaged; its copy at the start was used");
            (footer, offset) = (copy, source.Length);
        }

        return Parse(footer, offset);
    }

    public static DiskImageException Corrupt(long offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    /// <summary>The one's complement of the sum of all bytes but those of the checksum itself.</summary>
    public static uint ComputeChecksum(ReadOnlySpan<byte> structure, int checksumOffset)
    {
        uint sum = 0;
        for (var i = 0; i < structure.Length; i++)
        {
            sum += i >= checksumOffset && i < checksumOffset + sizeof(uint) ? 0u : structure[i];
        }

        return ~sum;
    }

    private static (byte[] Footer, long Offset) ReadEnd(IByteSource source)
    {
        var footer = new byte[Length];
        if (source.Length < Length)
        {
            return (footer, 0);
        }

        source.Read(source.Length - Length, footer);
        return footer.AsSpan(1).StartsWith("conectix"u8)
            ? ([.. footer[1..], 0], source.Length - OldLength)
            : (footer, source.Length - Length);
    }

    private static bool IsValid(ReadOnlySpan<byte> footer) =>
        footer.StartsWith("conectix"u8) && BinaryPrimitives.ReadUInt32BigEndian(footer[64..]) == ComputeChecksum(footer, 64);

    private static VhdFooter Parse(byte[] footer, long offset)
    {
        var version = BinaryPrimitives.ReadUInt32BigEndian(footer.AsSpan(12));
        if (version >> 16 != 1)
        {
            throw new DiskImageException(DiskImageError.Unsupported, Layer, offset + 12, $"version {version >> 16}.{version & 0xffff}; version 1 is known");
        }

        var type = BinaryPrimitives.ReadUInt32BigEndian(footer.AsSpan(60));
        if (type is not (2 or 3 or 4))
        {
            throw new DiskImageException(
                DiskImageError.Unsupported, Layer, offset + 60, $"disk type {type}; 2 (fixed), 3 (dynamic) and 4 (differencing) are known");
        }

        var size = BinaryPrimitives.ReadInt64BigEndian(footer.AsSpan(48));
        return new VhdFooter
        {
            Offset = offset,
            Type = (VhdType)type,
            VirtualSize = size >= 0 ? size : throw Corrupt(offset + 48, $"the current size is {(ulong)size} bytes, more than 2^63"),
            HeaderOffset = BinaryPrimitives.ReadInt64BigEndian(footer.AsSpan(16)),
            Identifier = new Guid(footer.AsSpan(68, 16), bigEndian: true),
        };
    }
}
