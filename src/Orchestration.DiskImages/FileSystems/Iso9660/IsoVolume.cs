using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>How names and attributes are stored.</summary>
internal enum IsoNames
{
    /// <summary>Names of ISO 9660 alone: upper case, with versions.</summary>
    Plain,

    /// <summary>A second tree with names in UTF-16 (Joliet).</summary>
    Joliet,

    /// <summary>Names, owners, modes and links as POSIX has them (Rock Ridge).</summary>
    RockRidge,
}

/// <summary>The volume descriptors of an ISO 9660 volume (ECMA-119 section 8), and which of its trees is shown. Thread-safe.</summary>
internal sealed class IsoVolume
{
    public const string Layer = "iso9660";

    private const int SectorLength = 2048;
    private const int FirstDescriptor = 16;
    private const int MostDescriptors = 64;
    private const int RootRecord = 156;

    public IsoVolume(IByteSource source, WarningList warnings)
    {
        Source = source;
        Warnings = warnings;
        byte[]? primary = null;
        byte[]? joliet = null;
        foreach (var descriptor in ReadDescriptors(source))
        {
            switch (descriptor[0])
            {
                case 0 when descriptor.AsSpan(7).StartsWith("EL TORITO SPECIFICATION"u8):
                    warnings.Add("the volume can be booted from (El Torito); its boot images are not shown as files");
                    break;
                case 1:
                    primary ??= descriptor;
                    break;
                case 2 when IsJoliet(descriptor):
                    joliet ??= descriptor;
                    break;
            }
        }

        if (primary is null)
        {
            throw Corrupt(FirstDescriptor * SectorLength, "there is no primary volume descriptor");
        }

        (BlockSize, RootOffset) = ReadRoot(primary);
        if (DirectoryRecord.ReadAt(this, RootOffset).FindRockRidge() is { } skip)
        {
            (Names, SystemUseSkip) = (IsoNames.RockRidge, skip);
        }
        else if (joliet is not null)
        {
            Names = IsoNames.Joliet;
            (BlockSize, RootOffset) = ReadRoot(joliet);
        }
    }

    public IByteSource Source { get; }

    public WarningList Warnings { get; }

    public IsoNames Names { get; }

    public int BlockSize { get; }

    /// <summary>Where the root directory begins, with the record of itself.</summary>
    public long RootOffset { get; }

    /// <summary>Bytes between a record's name and its Rock Ridge entries.</summary>
    public int SystemUseSkip { get; }

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    public static DiskImageException Unsupported(long? offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);

    public static DiskImageException LimitExceeded(long? offset, string rule) => new(DiskImageError.LimitExceeded, Layer, offset, rule);

    private static IEnumerable<byte[]> ReadDescriptors(IByteSource source)
    {
        const byte Terminator = 255;
        for (var index = 0; index < MostDescriptors && (FirstDescriptor + index + 1L) * SectorLength <= source.Length; index++)
        {
            var descriptor = source.ReadBytes((FirstDescriptor + index) * SectorLength, SectorLength);
            if (!descriptor.AsSpan(1).StartsWith("CD001"u8) || descriptor[0] == Terminator)
            {
                yield break;
            }

            yield return descriptor;
        }
    }

    // The escape sequences of the three levels of UCS-2.
    private static bool IsJoliet(byte[] descriptor) =>
        descriptor.AsSpan(88).StartsWith("%/@"u8) || descriptor.AsSpan(88).StartsWith("%/C"u8) || descriptor.AsSpan(88).StartsWith("%/E"u8);

    private static (int BlockSize, long RootOffset) ReadRoot(byte[] descriptor)
    {
        int blockSize = BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(128));
        return blockSize is 512 or 1024 or 2048
            ? (blockSize, (BinaryPrimitives.ReadUInt32LittleEndian(descriptor.AsSpan(RootRecord + 2)) + (long)descriptor[RootRecord + 1]) * blockSize)
            : throw Corrupt(FirstDescriptor * SectorLength + 128, $"blocks have {blockSize} bytes");
    }
}
