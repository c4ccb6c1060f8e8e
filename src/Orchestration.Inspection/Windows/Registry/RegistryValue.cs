using System.Buffers.Binary;
using System.Text;

namespace Orchestration.Inspection.Windows.Registry;

/// <summary>A value of a key (cell <c>vk</c>).</summary>
public sealed class RegistryValue
{
    private const int NodeLength = 20;
    private const int MaximumNameLength = 32767;

    /// <summary>No value that is read here comes near this; more of one is left out.</summary>
    private const int MaximumBytes = 4 << 20;

    /// <summary>Longer data lies in segments (cell <c>db</c>).</summary>
    private const int SegmentLength = 16344;

    private const uint IsResident = 0x8000_0000;

    private RegistryValue(string name, RegistryValueType type, byte[] bytes)
    {
        Name = name;
        Type = type;
        Bytes = bytes;
    }

    /// <summary>Empty for the default value.</summary>
    public string Name { get; }

    public RegistryValueType Type { get; }

    /// <summary>At most 4 MiB.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Text up to its first zero; null for other types.</summary>
    public string? Text => Type is RegistryValueType.Text or RegistryValueType.ExpandableText or RegistryValueType.Link
        ? Decode(Bytes.Span).Split('\0')[0]
        : null;

    /// <summary>The strings of a list; empty for other types.</summary>
    public IReadOnlyList<string> Texts => Type == RegistryValueType.TextList ? Decode(Bytes.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>An unsigned number; null for other types.</summary>
    public long? Number => (Type, Bytes.Length) switch
    {
        (RegistryValueType.Number32, >= 4) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.Span),
        (RegistryValueType.Number32BigEndian, >= 4) => BinaryPrimitives.ReadUInt32BigEndian(Bytes.Span),
        (RegistryValueType.Number64, >= 8) => BinaryPrimitives.ReadInt64LittleEndian(Bytes.Span),
        _ => null,
    };

    internal static RegistryValue Read(HiveBytes bytes, uint cell)
    {
        var node = bytes.ReadCell(cell, NodeLength, NodeLength + MaximumNameLength);
        if (!node.AsSpan().StartsWith("vk"u8))
        {
            throw bytes.Damage(cell, "expected a value, found something else");
        }

        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(node.AsSpan(2));
        if (nameLength > node.Length - NodeLength)
        {
            throw bytes.Damage(cell, $"expected a name of at most {node.Length - NodeLength} bytes, found {nameLength}");
        }

        var isNarrow = (BinaryPrimitives.ReadUInt16LittleEndian(node.AsSpan(16)) & 1) != 0;
        return new RegistryValue(
            (isNarrow ? Encoding.Latin1 : Encoding.Unicode).GetString(node, NodeLength, nameLength),
            (RegistryValueType)BinaryPrimitives.ReadUInt32LittleEndian(node.AsSpan(12)),
            ReadData(bytes, node));
    }

    private static byte[] ReadData(HiveBytes bytes, byte[] node)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(node.AsSpan(4));
        if ((size & IsResident) != 0)
        {
            // Up to four bytes stand where the offset would.
            return node[8..(8 + (int)Math.Min(size & ~IsResident, 4))];
        }

        var offset = BinaryPrimitives.ReadUInt32LittleEndian(node.AsSpan(8));
        var length = (int)Math.Min(size, MaximumBytes);
        if (length == 0)
        {
            return [];
        }

        if (length > SegmentLength && bytes.ReadCell(offset, 8, 8) is [(byte)'d', (byte)'b', ..] segments)
        {
            return ReadSegments(bytes, segments, length);
        }

        return bytes.ReadCell(offset, length, length);
    }

    private static byte[] ReadSegments(HiveBytes bytes, byte[] segments, int length)
    {
        var needed = (length + SegmentLength - 1) / SegmentLength;
        var list = bytes.ReadCell(BinaryPrimitives.ReadUInt32LittleEndian(segments.AsSpan(4)), needed * 4, needed * 4);
        var data = new byte[length];
        for (var index = 0; index < needed; index++)
        {
            var part = Math.Min(SegmentLength, length - (index * SegmentLength));
            bytes.ReadCell(BinaryPrimitives.ReadUInt32LittleEndian(list.AsSpan(index * 4)), part, part).CopyTo(data, index * SegmentLength);
        }

        return data;
    }

    private static string Decode(ReadOnlySpan<byte> bytes) => Encoding.Unicode.GetString(bytes[..(bytes.Length & ~1)]);
}

/// <summary>The types <c>REG_*</c> that are told apart; others may occur.</summary>
public enum RegistryValueType
{
    None = 0,
    Text = 1,
    ExpandableText = 2,
    Binary = 3,
    Number32 = 4,
    Number32BigEndian = 5,
    Link = 6,
    TextList = 7,
    Number64 = 11,
}
