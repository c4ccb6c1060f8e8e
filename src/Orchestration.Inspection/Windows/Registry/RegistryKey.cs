using System.Buffers.Binary;
using System.Text;

namespace Orchestration.Inspection.Windows.Registry;

/// <summary>A key of a hive (cell <c>nk</c>). Every member may throw <see cref="InspectionException"/> for damage.</summary>
public sealed class RegistryKey
{
    private const int NodeLength = 76;
    private const int MaximumNameLength = 512;

    // The largest keys of a real Windows hold some tens of thousands.
    private const int MaximumSubkeys = 200_000;
    private const int MaximumValues = 50_000;
    private const uint None = uint.MaxValue;

    private readonly HiveBytes _bytes;
    private readonly byte[] _node;

    private RegistryKey(HiveBytes bytes, byte[] node, string name)
    {
        _bytes = bytes;
        _node = node;
        Name = name;
    }

    public string Name { get; }

    /// <summary>In UTC.</summary>
    public DateTimeOffset LastWritten => WindowsTime.Parse(BinaryPrimitives.ReadInt64LittleEndian(_node.AsSpan(4))) ?? DateTimeOffset.MinValue;

    /// <summary>In the order in which they are stored, which is by name.</summary>
    public IEnumerable<RegistryKey> ReadSubkeys() => ReadSubkeyCells().Select(cell => Read(_bytes, cell));

    public IEnumerable<RegistryValue> ReadValues()
    {
        var count = Field(36);
        if (count == 0)
        {
            yield break;
        }

        if (count > MaximumValues)
        {
            throw _bytes.Damage(Field(40), $"expected at most {MaximumValues} values in {Name}, found {count}");
        }

        var list = _bytes.ReadCell(Field(40), (int)count * 4, (int)count * 4);
        for (var index = 0; index < count; index++)
        {
            yield return RegistryValue.Read(_bytes, BinaryPrimitives.ReadUInt32LittleEndian(list.AsSpan(index * 4)));
        }
    }

    /// <summary>The subkey of that name, whatever its case; null where there is none.</summary>
    public RegistryKey? Find(string name) => ReadSubkeys().FirstOrDefault(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value of that name, whatever its case, the empty one for the default value; null where there is none.</summary>
    public RegistryValue? Value(string name) => ReadValues().FirstOrDefault(value => value.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A value as text; null where it is missing, empty or no text.</summary>
    public string? Text(string name) => Value(name)?.Text is { Length: > 0 } text ? text : null;

    /// <summary>A value as a number; null where it is missing or no number.</summary>
    public long? Number(string name) => Value(name)?.Number;

    internal static RegistryKey Read(HiveBytes bytes, uint cell)
    {
        var node = bytes.ReadCell(cell, NodeLength, NodeLength + MaximumNameLength);
        if (!node.AsSpan().StartsWith("nk"u8))
        {
            throw bytes.Damage(cell, "expected a key, found something else");
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(node.AsSpan(72));
        if (length > node.Length - NodeLength)
        {
            throw bytes.Damage(cell, $"expected a name of at most {node.Length - NodeLength} bytes, found {length}");
        }

        // Flag 0x20: one byte a character.
        var isNarrow = (BinaryPrimitives.ReadUInt16LittleEndian(node.AsSpan(2)) & 0x20) != 0;
        return new RegistryKey(bytes, node, (isNarrow ? Encoding.Latin1 : Encoding.Unicode).GetString(node, NodeLength, length));
    }

    private uint Field(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_node.AsSpan(offset));

    private IEnumerable<uint> ReadSubkeyCells()
    {
        var (count, list) = (Field(20), Field(28));
        if (count == 0 || list == None)
        {
            yield break;
        }

        var found = 0;
        foreach (var leaf in ReadLeaves(list))
        {
            foreach (var cell in ReadLeaf(leaf))
            {
                if (++found > MaximumSubkeys)
                {
                    throw _bytes.Damage(list, $"expected at most {MaximumSubkeys} keys in {Name}, found more");
                }

                yield return cell;
            }
        }
    }

    /// <summary>Many keys need an index (<c>ri</c>) of several lists; an index never holds another.</summary>
    private IEnumerable<uint> ReadLeaves(uint list)
    {
        var cell = _bytes.ReadCell(list, 4, 4 + (ushort.MaxValue * 4));
        if (!cell.AsSpan().StartsWith("ri"u8))
        {
            return [list];
        }

        var count = Count(cell, 4, list);
        return Enumerable.Range(0, count).Select(index => BinaryPrimitives.ReadUInt32LittleEndian(cell.AsSpan(4 + (4 * index)))).Distinct();
    }

    private IEnumerable<uint> ReadLeaf(uint leaf)
    {
        var cell = _bytes.ReadCell(leaf, 4, 4 + (ushort.MaxValue * 8));
        var width = cell switch
        {
            [(byte)'l', (byte)'f' or (byte)'h', ..] => 8,
            [(byte)'l', (byte)'i', ..] => 4,
            _ => throw _bytes.Damage(leaf, "expected a list of keys, found something else"),
        };
        var count = Count(cell, width, leaf);
        return Enumerable.Range(0, count).Select(index => BinaryPrimitives.ReadUInt32LittleEndian(cell.AsSpan(4 + (width * index))));
    }

    private int Count(byte[] cell, int width, uint position)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(cell.AsSpan(2));
        return 4 + (count * width) <= cell.Length ? count : throw _bytes.Damage(position, $"expected a list that holds its {count} entries, found one of {cell.Length} bytes");
    }
}
