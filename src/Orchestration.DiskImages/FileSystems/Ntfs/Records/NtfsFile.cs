using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Ntfs.Records;

[Flags]
internal enum NtfsFileFlags : uint
{
    None = 0,
    ReadOnly = 0x1,

    /// <summary>Kept on other storage (hierarchical storage management).</summary>
    Offline = 0x1000,

    /// <summary>In the cloud, as a whole or its content.</summary>
    RecallOnOpen = 0x40000,
    RecallOnDataAccess = 0x400000,
}

/// <summary>A file with all its attributes, from whichever records hold them.</summary>
/// <param name="record">Its first record.</param>
/// <param name="attributes">All attributes, each whole.</param>
internal sealed class NtfsFile(FileRecord record, IReadOnlyList<NtfsAttribute> attributes)
{
    private const int StandardInformationLength = 36;
    private const byte ShortNameSpace = 2;
    private const int NameSpaceOffset = 65;

    public FileReference Reference { get; } = FileReference.Of(record.Number, record.Sequence);

    public long At => record.At;

    public long Number => record.Number;

    public bool IsDirectory => record.IsDirectory;

    public IReadOnlyList<NtfsAttribute> Attributes => attributes;

    /// <summary>The content; null where the file has none.</summary>
    public NtfsAttribute? Data => Find(AttributeType.Data, "");

    /// <summary>Whether the content lies elsewhere, and what is here in its place reads as zeros.</summary>
    public bool IsElsewhere => (Flags & (NtfsFileFlags.Offline | NtfsFileFlags.RecallOnOpen | NtfsFileFlags.RecallOnDataAccess)) != 0;

    private byte[] StandardInformation => Find(AttributeType.StandardInformation, "")?.Value is { Length: >= StandardInformationLength } value
        ? value
        : throw NtfsVolume.Corrupt(At, $"file {Number} has no standard information");

    private NtfsFileFlags Flags => (NtfsFileFlags)BinaryPrimitives.ReadUInt32LittleEndian(StandardInformation.AsSpan(32));

    public NtfsAttribute? Find(AttributeType type, string name) => attributes.FirstOrDefault(attribute => attribute.Type == type && attribute.Name == name);

    public FileNode ToNode(FileKind kind)
    {
        const int AllPermissions = 0b111_111_111;
        const int WithoutWriting = 0b101_101_101;
        var information = StandardInformation;
        var shortNames = attributes.Count(attribute => attribute is { Type: AttributeType.FileName, Value: { Length: > NameSpaceOffset } value } && value[NameSpaceOffset] == ShortNameSpace);
        return new FileNode(
            Reference.Value,
            kind,
            Flags.HasFlag(NtfsFileFlags.ReadOnly) && kind == FileKind.Regular ? WithoutWriting : AllPermissions,
            0,
            0,
            Data?.Size ?? 0,
            (uint)Math.Max(1, record.LinkCount - shortNames),
            ReadTime(information, 8),
            ReadTime(information, 16));
    }

    // Intervals of 100 nanoseconds since 1601.
    private static DateTimeOffset ReadTime(byte[] information, int offset)
    {
        var epoch = new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return epoch.AddTicks(Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(information.AsSpan(offset)), 0, DateTimeOffset.MaxValue.Ticks - epoch.Ticks));
    }
}
