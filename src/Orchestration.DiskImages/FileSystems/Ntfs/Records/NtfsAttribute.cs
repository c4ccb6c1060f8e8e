using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.FileSystems.Ntfs.Content;

namespace Orchestration.DiskImages.FileSystems.Ntfs.Records;

/// <summary>What an attribute of a file is.</summary>
internal enum AttributeType : uint
{
    StandardInformation = 0x10,
    AttributeList = 0x20,
    FileName = 0x30,
    VolumeName = 0x60,
    VolumeInformation = 0x70,
    Data = 0x80,
    IndexRoot = 0x90,
    IndexAllocation = 0xa0,
    ReparsePoint = 0xc0,
    End = 0xffffffff,
}

[Flags]
internal enum AttributeFlags : ushort
{
    None = 0,
    Compressed = 0x1,
    CompressionMask = 0xff,
    Encrypted = 0x4000,
    Sparse = 0x8000,
}

/// <summary>An attribute of a file: its value, or the clusters that hold it.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Name">Empty for most.</param>
/// <param name="Flags">How it is stored.</param>
/// <param name="Value">The value of a resident attribute; null for others.</param>
/// <param name="FirstCluster">First cluster within the attribute that this part of it maps.</param>
/// <param name="Extents">The clusters that are stored.</param>
/// <param name="EndCluster">The cluster after the last one mapped.</param>
/// <param name="Size">Bytes.</param>
/// <param name="InitializedSize">Bytes from which on all reads as zeros.</param>
/// <param name="CompressionUnit">Clusters compressed together; 0 where none are.</param>
/// <param name="At">Where it stands, for messages.</param>
internal sealed record NtfsAttribute(
    AttributeType Type,
    string Name,
    AttributeFlags Flags,
    byte[]? Value,
    long FirstCluster,
    List<FileExtent> Extents,
    long EndCluster,
    long Size,
    long InitializedSize,
    int CompressionUnit,
    long At)
{
    private const int ResidentLength = 24;
    private const int NonResidentLength = 64;
    private const int MaximumUnitBits = 8;

    /// <param name="bytes">The attribute, header and all.</param>
    /// <param name="volume">Its volume.</param>
    /// <param name="at">Where it stands.</param>
    public static NtfsAttribute Read(ReadOnlySpan<byte> bytes, NtfsVolume volume, long at)
    {
        var isResident = bytes.Length > 8 && bytes[8] == 0;
        if (bytes.Length < (isResident ? ResidentLength : NonResidentLength))
        {
            throw NtfsVolume.Corrupt(at, $"an attribute has {bytes.Length} bytes");
        }

        var type = (AttributeType)BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var nameStart = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        var nameLength = bytes[9] * 2;
        if (nameLength > 0 && nameStart + nameLength > bytes.Length)
        {
            throw NtfsVolume.Corrupt(at, $"the name of an attribute ({type}) leaves it");
        }

        var name = Encoding.Unicode.GetString(bytes.Slice(nameLength == 0 ? 0 : nameStart, nameLength));
        var flags = (AttributeFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]);
        return isResident ? ReadResident(bytes, type, name, flags, at) : ReadNonResident(bytes, type, name, flags, volume, at);
    }

    /// <summary>Joins the next part of the same attribute, from another record.</summary>
    public NtfsAttribute Append(NtfsAttribute next) => Value is null && next.Value is null && next.FirstCluster == EndCluster
        ? this with { Extents = [.. Extents, .. next.Extents], EndCluster = next.EndCluster }
        : throw NtfsVolume.Corrupt(next.At, $"a part of an attribute ({Type} '{Name}') begins at cluster {next.FirstCluster}, expected {EndCluster}");

    private static NtfsAttribute ReadResident(ReadOnlySpan<byte> bytes, AttributeType type, string name, AttributeFlags flags, long at)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        var start = BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]);
        return start <= bytes.Length && length <= bytes.Length - start
            ? new NtfsAttribute(type, name, flags, bytes.Slice(start, (int)length).ToArray(), 0, [], 0, length, length, 0, at)
            : throw NtfsVolume.Corrupt(at, $"the value of an attribute ({type}) has {length} bytes at {start} and leaves it");
    }

    private static NtfsAttribute ReadNonResident(ReadOnlySpan<byte> bytes, AttributeType type, string name, AttributeFlags flags, NtfsVolume volume, long at)
    {
        var first = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        var runs = BinaryPrimitives.ReadUInt16LittleEndian(bytes[32..]);
        int unitBits = bytes[34];
        var size = BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]);
        var initialized = BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]);
        if (first < 0 || first > long.MaxValue / volume.ClusterSize || runs > bytes.Length || unitBits > MaximumUnitBits || size < 0 || size > long.MaxValue - (1 << 24) || initialized < 0)
        {
            throw NtfsVolume.Corrupt(at, $"an attribute ({type}) has {size} bytes, {initialized} of them written, from cluster {first}, compressed by 2^{unitBits}");
        }

        var extents = DataRuns.Read(bytes[runs..], first, volume, at, out var end);
        var unit = (flags & AttributeFlags.CompressionMask) != 0 ? 1 << unitBits : 0;
        return new NtfsAttribute(type, name, flags, null, first, extents, end, size, Math.Min(initialized, size), unit, at);
    }
}
