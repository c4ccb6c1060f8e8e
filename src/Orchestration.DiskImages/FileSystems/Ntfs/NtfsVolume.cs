using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Ntfs;

/// <summary>The boot sector of an NTFS volume and what every part of the reader needs. Thread-safe.</summary>
internal sealed class NtfsVolume
{
    public const string Layer = "ntfs";

    private const int BootSectorLength = 512;

    private readonly byte[] _boot;

    public NtfsVolume(IByteSource source, WarningList warnings)
    {
        Source = source;
        Warnings = warnings;
        _boot = source.ReadBytes(0, BootSectorLength);
        Require(SectorSize is >= 256 and <= 4096 && BitOperations.IsPow2(SectorSize), 0x0b, "sector size", SectorSize);
        Require(ClusterSize is >= 256 and <= 2 * 1024 * 1024 && BitOperations.IsPow2(ClusterSize), 0x0d, "cluster size", ClusterSize);
        Require(RecordSize is >= 512 and <= 65536 && BitOperations.IsPow2(RecordSize), 0x40, "size of file records", RecordSize);
        Require(ClusterCount > 0 && U64(0x28) <= (ulong)(long.MaxValue / SectorSize), 0x28, "number of sectors", (long)U64(0x28));
        Require(TableCluster > 0 && TableCluster < ClusterCount, 0x30, "first cluster of the master file table", TableCluster);
        if ((long)U64(0x28) * SectorSize > source.Length)
        {
            warnings.Add($"the file system has {(long)U64(0x28) * SectorSize} bytes, its volume only {source.Length}");
        }
    }

    public IByteSource Source { get; }

    public WarningList Warnings { get; }

    public int ClusterSize => _boot[0x0d] <= 0x80 ? _boot[0x0d] * SectorSize : SectorSize << Math.Min(32 - 13, 256 - _boot[0x0d]);

    public long ClusterCount => (long)U64(0x28) * SectorSize / ClusterSize;

    public int RecordSize => ReadSize(_boot[0x40]);

    /// <summary>Where the master file table begins.</summary>
    public long TableCluster => (long)U64(0x30);

    /// <summary>Where the copy of its first records begins.</summary>
    public long MirrorCluster => (long)U64(0x38);

    public string SerialNumber => U64(0x48).ToString("X16", CultureInfo.InvariantCulture);

    public long SizeBytes => (long)U64(0x28) * SectorSize;

    private int SectorSize => BinaryPrimitives.ReadUInt16LittleEndian(_boot.AsSpan(0x0b));

    /// <summary>
    /// Puts back the two bytes at the end of every 512 that were replaced to find writes that were not finished (update sequence array).
    /// </summary>
    /// <exception cref="DiskImageException">A sector is not of the same write as the others.</exception>
    public static void ApplyFixups(Span<byte> structure, long at, string what)
    {
        const int Stride = 512;
        var start = BinaryPrimitives.ReadUInt16LittleEndian(structure[4..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(structure[6..]);
        if (start % 2 != 0 || count != structure.Length / Stride + 1 || start + count * 2 > Stride - 2)
        {
            throw Corrupt(at, $"{what} has {count} fixups at {start}, expected {structure.Length / Stride + 1}");
        }

        var fixups = structure.Slice(start, count * 2);
        for (var index = 1; index < count; index++)
        {
            var end = structure.Slice(index * Stride - 2, 2);
            if (!end.SequenceEqual(fixups[..2]))
            {
                throw Corrupt(at, $"sector {index - 1} of {what} was not written with the others");
            }

            fixups.Slice(index * 2, 2).CopyTo(end);
        }
    }

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);

    public static DiskImageException Unsupported(long? offset, string rule) => new(DiskImageError.Unsupported, Layer, offset, rule);

    public static DiskImageException LimitExceeded(long? offset, string rule) => new(DiskImageError.LimitExceeded, Layer, offset, rule);

    // A number of clusters, or, where negative, the logarithm of a number of bytes.
    private int ReadSize(byte stored) => stored < 0x80 ? stored * ClusterSize : 1 << Math.Min(30, 256 - stored);

    private static void Require(bool condition, long offset, string what, long found)
    {
        if (!condition)
        {
            throw Corrupt(offset, $"the boot sector has an impossible {what}: {found}");
        }
    }

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_boot.AsSpan(offset));
}
