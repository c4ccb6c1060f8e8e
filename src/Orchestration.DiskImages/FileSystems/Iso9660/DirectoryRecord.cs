using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>A record of a directory (ECMA-119 section 9.1): of a file, or of one of the parts of a large file.</summary>
/// <param name="Offset">Byte of the volume where it stands.</param>
/// <param name="Bytes">All of it.</param>
internal readonly record struct DirectoryRecord(long Offset, byte[] Bytes)
{
    public const int ShortestLength = 34;

    private const int NameOffset = 33;

    /// <summary>Bytes of the whole record, which is at least <see cref="ShortestLength"/> long.</summary>
    public int Length => Bytes[0];

    public bool IsDirectory => (Bytes[25] & 0x2) != 0;

    /// <summary>It belongs to another file (a resource fork) and is not shown.</summary>
    public bool IsAssociated => (Bytes[25] & 0x4) != 0;

    /// <summary>The file goes on in the next record.</summary>
    public bool IsContinued => (Bytes[25] & 0x80) != 0;

    /// <summary>Parts of it lie apart, with those of other files between them.</summary>
    public bool IsInterleaved => Bytes[26] != 0 || Bytes[27] != 0;

    public long Size => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(10));

    public ReadOnlySpan<byte> Name => Bytes.AsSpan(NameOffset, Bytes[32]);

    /// <summary>The directory itself or its parent.</summary>
    public bool IsSelfOrParent => Name is [0 or 1];

    public DateTimeOffset Recorded => IsoTime.ReadShort(Bytes.AsSpan(18, IsoTime.ShortLength));

    /// <summary>What follows the name, for extensions.</summary>
    public ReadOnlySpan<byte> SystemUse => Bytes.AsSpan(Math.Min(Length, NameOffset + Bytes[32] + (Bytes[32] % 2 == 0 ? 1 : 0)));

    /// <summary>Where the content begins, after an extended attribute record, if any.</summary>
    public long ContentOffset(int blockSize) => (BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(2)) + (long)Bytes[1]) * blockSize;

    /// <summary>The record at that byte of the volume.</summary>
    public static DirectoryRecord ReadAt(IsoVolume volume, long offset)
    {
        int length = volume.Source.ReadBytes(offset, 1)[0];
        return Parse(offset, length < ShortestLength ? [(byte)length] : volume.Source.ReadBytes(offset, length));
    }

    /// <exception cref="DiskImageException">It is shorter than its fields, or than its name.</exception>
    public static DirectoryRecord Parse(long offset, byte[] bytes) => bytes.Length >= ShortestLength && bytes[0] == bytes.Length && bytes[32] > 0 && NameOffset + bytes[32] <= bytes.Length
        ? new DirectoryRecord(offset, bytes)
        : throw IsoVolume.Corrupt(offset, $"a record of a directory has {bytes.Length} bytes{(bytes.Length > 32 ? $", of which the name takes {bytes[32]}" : "")}");

    /// <summary>The name without its version, as it is shown without Rock Ridge.</summary>
    public string ReadName(IsoNames names)
    {
        var name = names == IsoNames.Joliet ? Encoding.BigEndianUnicode.GetString(Name) : Encoding.Latin1.GetString(Name).ToLowerInvariant();
        name = name.EndsWith(";1", StringComparison.Ordinal) ? name[..^2] : name;
        return name.Length > 1 && name[^1] == '.' ? name[..^1] : name;
    }

    /// <summary>Where Rock Ridge is used, as the record of the root says, how many bytes of system use precede its entries; otherwise null.</summary>
    public int? FindRockRidge()
    {
        const int EntryLength = 7;
        var use = SystemUse;
        return use.Length >= EntryLength && use.StartsWith("SP"u8) && use[4] == 0xbe && use[5] == 0xef ? use[6] : null;
    }
}
