using System.Buffers.Binary;
using System.Text;

namespace Orchestration.GuestFixtures;

/// <summary>Writes a registry hive from keys and values, sound enough that hivex opens it and adds to it.</summary>
public sealed class RegistryHiveBuilder
{
    private const int BaseBlockLength = 4096;
    private const int BinHeaderLength = 32;
    private const uint None = uint.MaxValue;

    private readonly Node _root = new("ROOT");
    private readonly MemoryStream _cells = new();

    /// <summary>Sets a text value; the key and those above it are made as needed. An empty name is the default value.</summary>
    public RegistryHiveBuilder Text(string key, string name, string value) => Set(key, name, 1, Encoding.Unicode.GetBytes(value + "\0"));

    public RegistryHiveBuilder Number(string key, string name, uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Set(key, name, 4, bytes);
    }

    public RegistryHiveBuilder Texts(string key, string name, params string[] values) =>
        Set(key, name, 7, Encoding.Unicode.GetBytes(string.Concat(values.Select(value => value + "\0")) + "\0"));

    public RegistryHiveBuilder Set(string key, string name, uint type, params byte[] value)
    {
        Find(key).Values[name] = (type, value);
        return this;
    }

    public RegistryHiveBuilder Key(string key)
    {
        _ = Find(key);
        return this;
    }

    /// <param name="firstSequence">Where it differs from the second, the hive is one that was in use when its machine stopped.</param>
    /// <param name="secondSequence">Of the last complete write.</param>
    public byte[] Build(uint firstSequence = 1, uint secondSequence = 1)
    {
        _cells.SetLength(0);
        _cells.Write(new byte[BinHeaderLength]);
        var security = WriteSecurity();
        var root = WriteKey(_root, None, security, isRoot: true);
        var length = (int)(_cells.Length + 4095) / 4096 * 4096;
        var hive = new byte[BaseBlockLength + length];
        _cells.ToArray().CopyTo(hive, BaseBlockLength);
        var free = (int)_cells.Length;
        if (free < length)
        {
            BinaryPrimitives.WriteInt32LittleEndian(hive.AsSpan(BaseBlockLength + free), length - free);
        }

        "hbin"u8.CopyTo(hive.AsSpan(BaseBlockLength));
        BinaryPrimitives.WriteInt32LittleEndian(hive.AsSpan(BaseBlockLength + 8), length);
        WriteBaseBlock(hive, firstSequence, secondSequence, type: 0, root, (uint)length);
        return hive;
    }

    /// <summary>Fills in the first 512 bytes of a hive or a log.</summary>
    public static void WriteBaseBlock(Span<byte> file, uint firstSequence, uint secondSequence, uint type, uint rootCell, uint length)
    {
        "regf"u8.CopyTo(file);
        foreach (var (offset, value) in new (int, uint)[] { (4, firstSequence), (8, secondSequence), (20, 1), (24, 5), (28, type), (32, 1), (36, rootCell), (40, length), (44, 1) })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file[offset..], value);
        }

        uint checksum = 0;
        for (var offset = 0; offset < 508; offset += 4)
        {
            checksum ^= BinaryPrimitives.ReadUInt32LittleEndian(file[offset..]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(file[508..], checksum);
    }

    private Node Find(string key)
    {
        var node = _root;
        foreach (var name in key.Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!node.Keys.TryGetValue(name, out var next))
            {
                node.Keys[name] = next = new Node(name);
            }

            node = next;
        }

        return node;
    }

    private uint WriteSecurity()
    {
        // One descriptor that says nothing, linked to itself.
        var cell = new byte[20 + 20];
        "sk"u8.CopyTo(cell);
        BinaryPrimitives.WriteUInt32LittleEndian(cell.AsSpan(4), BinHeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(cell.AsSpan(8), BinHeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(cell.AsSpan(12), 1000);
        BinaryPrimitives.WriteUInt32LittleEndian(cell.AsSpan(16), 20);
        (cell[20], cell[23]) = (1, 0x80);
        return WriteCell(cell);
    }

    private uint WriteKey(Node node, uint parent, uint security, bool isRoot)
    {
        var values = node.Values.Select(value => WriteValue(value.Key, value.Value.Type, value.Value.Data)).ToList();
        var valueList = values.Count == 0 ? None : WriteCell([.. values.SelectMany(BitConverter.GetBytes)]);

        // The parent is known to its children before it is written: its cell is reserved first.
        var name = Encoding.Latin1.GetBytes(node.Name);
        var cell = new byte[76 + name.Length];
        var position = WriteCell(cell);
        var keys = node.Keys.Values.OrderBy(key => key.Name, StringComparer.OrdinalIgnoreCase).Select(key => (key.Name, Cell: WriteKey(key, position, security, isRoot: false))).ToList();
        var list = keys.Count == 0 ? None : WriteCell(
            [
                .. "lf"u8, .. BitConverter.GetBytes((ushort)keys.Count),
                .. keys.SelectMany(key => (byte[])[.. BitConverter.GetBytes(key.Cell), .. Encoding.Latin1.GetBytes(key.Name.PadRight(4, '\0')[..4])]),
            ]);

        "nk"u8.CopyTo(cell);
        BinaryPrimitives.WriteUInt16LittleEndian(cell.AsSpan(2), (ushort)(isRoot ? 0x2C : 0x20));
        BinaryPrimitives.WriteInt64LittleEndian(cell.AsSpan(4), new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc).ToFileTimeUtc());
        foreach (var (offset, value) in new (int, uint)[]
        {
            (16, parent), (20, (uint)keys.Count), (28, list), (32, None), (36, (uint)values.Count), (40, valueList), (44, security), (48, None),
            (52, 512), (60, 512), (64, 65536),
        })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(cell.AsSpan(offset), value);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(cell.AsSpan(72), (ushort)name.Length);
        name.CopyTo(cell, 76);
        var end = _cells.Position;
        _cells.Position = position + 4;
        _cells.Write(cell);
        _cells.Position = end;
        return position;
    }

    private uint WriteValue(string name, uint type, byte[] data)
    {
        var latin = Encoding.Latin1.GetBytes(name);
        var cell = new byte[20 + latin.Length];
        "vk"u8.CopyTo(cell);
        BinaryPrimitives.WriteUInt16LittleEndian(cell.AsSpan(2), (ushort)latin.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(cell.AsSpan(4), data.Length <= 4 ? 0x8000_0000 | (uint)data.Length : (uint)data.Length);
        if (data.Length <= 4)
        {
            data.CopyTo(cell, 8);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(cell.AsSpan(8), WriteData(data));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(cell.AsSpan(12), type);
        BinaryPrimitives.WriteUInt16LittleEndian(cell.AsSpan(16), 1);
        latin.CopyTo(cell, 20);
        return WriteCell(cell);
    }

    private uint WriteData(byte[] data)
    {
        const int Segment = 16344;
        if (data.Length <= Segment)
        {
            return WriteCell(data);
        }

        var segments = data.Chunk(Segment).Select(WriteCell).ToList();
        return WriteCell([.. "db"u8, .. BitConverter.GetBytes((ushort)segments.Count), .. BitConverter.GetBytes(WriteCell([.. segments.SelectMany(BitConverter.GetBytes)]))]);
    }

    /// <summary>Returns the offset of the cell, whose length is that of its content and four bytes, filled up to a multiple of eight.</summary>
    private uint WriteCell(byte[] content)
    {
        var position = (uint)_cells.Position;
        var length = (4 + content.Length + 7) / 8 * 8;
        _cells.Write(BitConverter.GetBytes(-length));
        _cells.Write(content);
        _cells.Write(new byte[length - 4 - content.Length]);
        return position;
    }

    private sealed class Node(string name)
    {
        public string Name => name;

        public Dictionary<string, Node> Keys { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Dictionary<string, (uint Type, byte[] Data)> Values { get; } = new(StringComparer.OrdinalIgnoreCase);
    }
}
