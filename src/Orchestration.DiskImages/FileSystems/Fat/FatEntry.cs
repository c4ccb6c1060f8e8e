using System.Buffers.Binary;
using System.Text;

namespace Orchestration.DiskImages.FileSystems.Fat;

[Flags]
internal enum FatAttributes : byte
{
    None = 0,
    ReadOnly = 0x1,
    VolumeLabel = 0x8,
    Directory = 0x10,

    /// <summary>A part of a long name.</summary>
    LongName = 0xf,
    LongNameMask = 0x3f,
}

/// <summary>A directory entry of 32 bytes, which is all that is known of a file.</summary>
internal readonly struct FatEntry(byte[] bytes)
{
    public const int Length = 32;

    private const int BaseLength = 8;
    private const int ExtensionLength = 3;
    private const byte LowerCaseBase = 0x8;
    private const byte LowerCaseExtension = 0x10;

    private static readonly Encoding DosEncoding = CodePagesEncodingProvider.Instance.GetEncoding(437) ?? Encoding.Latin1;

    public FatAttributes Attributes => (FatAttributes)bytes[11];

    public bool IsDirectory => Attributes.HasFlag(FatAttributes.Directory);

    public bool IsDeleted => bytes[0] == 0xe5;

    /// <summary>No entry follows this one.</summary>
    public bool IsEnd => bytes[0] == 0;

    public bool IsLongName => (Attributes & FatAttributes.LongNameMask) == FatAttributes.LongName;

    public uint Cluster => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(26)) | (uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(20)) << 16;

    public uint Size => IsDirectory ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(28));

    /// <summary>In local time of the machine that wrote it, which is not stored and taken for UTC; in steps of two seconds.</summary>
    public DateTimeOffset Modified
    {
        get
        {
            var date = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(24));
            var time = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(22));
            var year = 1980 + (date >> 9);
            var month = Math.Clamp(date >> 5 & 0xf, 1, 12);
            var day = Math.Clamp(date & 0x1f, 1, DateTime.DaysInMonth(year, month));
            return new DateTimeOffset(year, month, day, Math.Min(time >> 11, 23), Math.Min(time >> 5 & 0x3f, 59), Math.Min((time & 0x1f) * 2, 59), TimeSpan.Zero);
        }
    }

    /// <summary>The name of eight and three letters, in lower case where flags say so.</summary>
    public string ShortName
    {
        get
        {
            // The letter 0xe5, which would mark a deleted entry, is stored as 5.
            byte[] stored = [bytes[0] == 0x05 ? (byte)0xe5 : bytes[0], .. bytes[1..(BaseLength + ExtensionLength)]];
            var name = DosEncoding.GetString(stored, 0, BaseLength).TrimEnd(' ');
            var extension = DosEncoding.GetString(stored, BaseLength, ExtensionLength).TrimEnd(' ');
            name = (bytes[12] & LowerCaseBase) != 0 ? name.ToLowerInvariant() : name;
            extension = (bytes[12] & LowerCaseExtension) != 0 ? extension.ToLowerInvariant() : extension;
            return extension.Length == 0 ? name : $"{name}.{extension}";
        }
    }

    /// <summary>Place of a part of a long name, from 1; the last part, which is stored first, has <see cref="LastPart"/> added.</summary>
    public byte PartNumber => bytes[0];

    public const byte LastPart = 0x40;

    /// <summary>In a part of a long name: the checksum of the short name that it belongs to.</summary>
    public byte NameChecksum => bytes[13];

    /// <summary>The thirteen characters of a part of a long name.</summary>
    public string PartText => Encoding.Unicode.GetString([.. bytes[1..11], .. bytes[14..26], .. bytes[28..32]]);

    /// <summary>The checksum of the short name.</summary>
    public byte ComputeNameChecksum()
    {
        byte sum = 0;
        foreach (var letter in bytes.AsSpan(0, BaseLength + ExtensionLength))
        {
            sum = (byte)((byte)(sum << 7 | sum >> 1) + letter);
        }

        return sum;
    }
}
