using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Ntfs.Records;

/// <summary>A reference to a file: the number of its record, and how often that record was used anew.</summary>
internal readonly record struct FileReference(ulong Value)
{
    private const int NumberBits = 48;

    public long Number => (long)(Value & (1UL << NumberBits) - 1);

    /// <summary>0 matches any.</summary>
    public ushort Sequence => (ushort)(Value >> NumberBits);

    public static FileReference Of(long number, ushort sequence) => new((ulong)sequence << NumberBits | (ulong)number);
}

/// <summary>A record of the master file table, with the attributes that stand in it.</summary>
internal sealed class FileRecord
{
    private const ushort InUseFlag = 0x1;
    private const ushort DirectoryFlag = 0x2;
    private const int ShortestAttribute = 16;

    /// <exception cref="DiskImageException">The record is free, or damaged.</exception>
    public FileRecord(long number, byte[] bytes, NtfsVolume volume, long at)
    {
        At = at;
        Number = number;
        if (!bytes.AsSpan().StartsWith("FILE"u8))
        {
            throw NtfsVolume.Corrupt(at, $"file record {number} has no signature FILE");
        }

        NtfsVolume.ApplyFixups(bytes, at, $"file record {number}");
        Sequence = U16(bytes, 16);
        LinkCount = U16(bytes, 18);
        IsDirectory = (U16(bytes, 22) & DirectoryFlag) != 0;
        BaseRecord = new FileReference(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32)));
        if ((U16(bytes, 22) & InUseFlag) == 0)
        {
            throw NtfsVolume.Corrupt(at, $"file record {number} is referred to, but is free");
        }

        var used = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(24)), (uint)bytes.Length);
        Attributes = ReadAttributes(bytes.AsSpan(0, (int)used), U16(bytes, 20), volume);
    }

    public long Number { get; }

    /// <summary>Where it lies on the volume, for messages.</summary>
    public long At { get; }

    public ushort Sequence { get; }

    /// <summary>Number of names, short ones included.</summary>
    public ushort LinkCount { get; }

    public bool IsDirectory { get; }

    /// <summary>Zero for the first record of a file, otherwise that record.</summary>
    public FileReference BaseRecord { get; }

    public List<NtfsAttribute> Attributes { get; }

    private List<NtfsAttribute> ReadAttributes(ReadOnlySpan<byte> bytes, int position, NtfsVolume volume)
    {
        var attributes = new List<NtfsAttribute>();
        while (position <= bytes.Length - sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]) != (uint)AttributeType.End)
        {
            var length = position <= bytes.Length - ShortestAttribute ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(position + 4)..]) : 0;
            if (length < ShortestAttribute || length > bytes.Length - position)
            {
                throw NtfsVolume.Corrupt(At + position, $"an attribute of file record {Number} has {length} bytes of {bytes.Length - position} left");
            }

            attributes.Add(NtfsAttribute.Read(bytes.Slice(position, (int)length), volume, At + position));
            position += (int)length;
        }

        return attributes;
    }

    private static ushort U16(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset));
}
