using System.Buffers.Binary;
using System.Text;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Rpm;

/// <summary>
/// The tables of an SQLite database (SQLite, "Database File Format"), read where they lie, with what its write-ahead log adds. SQLite itself
/// would want a copy in a file and trusts much of what it finds there.
/// </summary>
internal sealed class SqliteFile
{
    private const int HeaderLength = 100;
    private const byte InteriorTablePage = 5;
    private const byte LeafTablePage = 13;

    private readonly GuestContent _content;
    private readonly SqliteWriteAheadLog? _log;
    private readonly int _pageLength;
    private readonly int _usableLength;
    private readonly uint _pageCount;

    public SqliteFile(GuestContent content, GuestContent? log)
    {
        _content = content;
        var header = content.ReadBytes(0, HeaderLength);
        _pageLength = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16)) is var length and not 1 ? length : 65536;
        if (!header.AsSpan().StartsWith("SQLite format 3\0"u8) || _pageLength < 512 || (_pageLength & (_pageLength - 1)) != 0 || header[20] > _pageLength - 480)
        {
            throw content.Damage(0, "expected a database of SQLite 3, found something else");
        }

        _usableLength = _pageLength - header[20];
        _log = log is null ? null : SqliteWriteAheadLog.Open(log, _pageLength);
        _pageCount = Math.Max(_log?.PageCount ?? 0, (uint)Math.Min(uint.MaxValue, content.Length / _pageLength));
    }

    /// <summary>The rows of a table in order of their numbers.</summary>
    /// <exception cref="InspectionException">There is no such table, or it is damaged.</exception>
    public IEnumerable<SqliteRow> ReadTable(string name)
    {
        // The table of tables begins at page 1: type, name, tbl_name, rootpage, sql.
        var root = ReadTree(1, []).FirstOrDefault(row =>
            row.Columns.Length >= 4 && Encoding.UTF8.GetString(row.Columns[0]) == "table" && Encoding.UTF8.GetString(row.Columns[1]) == name);
        return root.Columns is null
            ? throw _content.Damage(HeaderLength, $"expected a table {name}, found none")
            : ReadTree(ReadInteger(root.Columns[3]), []);
    }

    /// <param name="root">First page of the tree.</param>
    /// <param name="used">Pages met so far: one belongs to one place, so that a loop ends and nothing is read twice.</param>
    private IEnumerable<SqliteRow> ReadTree(long root, HashSet<long> used)
    {
        var pending = new Stack<long>([root]);
        while (pending.TryPop(out var number))
        {
            var page = ReadPage(number, used);
            var header = number == 1 ? HeaderLength : 0;
            var type = page[header];
            var count = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(header + 3));
            var cells = header + (type == InteriorTablePage ? 12 : 8);
            if (type is not (InteriorTablePage or LeafTablePage) || cells + (2 * count) > _usableLength)
            {
                throw Damage(number, $"expected a page of a table, found type {type} with {count} cells");
            }

            if (type == InteriorTablePage)
            {
                pending.Push(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(header + 8)));
            }

            // Children are pushed last to first, so that rows come in order.
            for (var cell = 0; cell < count; cell++)
            {
                var index = type == InteriorTablePage ? count - 1 - cell : cell;
                var offset = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(cells + (2 * index)));
                if (offset > _usableLength - 4)
                {
                    throw Damage(number, $"expected cell {index} inside its page, found it at {offset}");
                }

                if (type == InteriorTablePage)
                {
                    pending.Push(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(offset)));
                }
                else
                {
                    yield return ReadRow(number, page.AsMemory(offset, _usableLength - offset), used);
                }
            }
        }
    }

    private SqliteRow ReadRow(long number, ReadOnlyMemory<byte> cell, HashSet<long> used)
    {
        var rest = cell.Span;
        var length = ReadVariableInteger(ref rest);
        var row = ReadVariableInteger(ref rest);
        if (length < 0 || length > (long)_pageCount * _pageLength || length > int.MaxValue)
        {
            throw Damage(number, $"expected a row that fits the database, found {length} bytes");
        }

        var payload = new byte[length];
        var local = LocalLength(length);
        if (local > rest.Length || (local < length && local + 4 > rest.Length))
        {
            throw Damage(number, $"expected {local} bytes of a row inside its page, found {rest.Length}");
        }

        rest[..local].CopyTo(payload);
        if (local < length)
        {
            ReadOverflow(BinaryPrimitives.ReadUInt32BigEndian(rest[local..]), payload.AsSpan(local), used);
        }

        return new SqliteRow(row, SplitColumns(number, payload));
    }

    /// <summary>How much of a row lies in the leaf page itself (section 1.6).</summary>
    private int LocalLength(long length)
    {
        var maximum = _usableLength - 35;
        if (length <= maximum)
        {
            return (int)length;
        }

        var minimum = ((_usableLength - 12) * 32 / 255) - 23;
        var preferred = minimum + (int)((length - minimum) % (_usableLength - 4));
        return preferred <= maximum ? preferred : minimum;
    }

    private void ReadOverflow(uint number, Span<byte> payload, HashSet<long> used)
    {
        while (!payload.IsEmpty)
        {
            var page = ReadPage(number, used);
            var part = page.AsSpan(4, Math.Min(payload.Length, _usableLength - 4));
            part.CopyTo(payload);
            payload = payload[part.Length..];
            number = BinaryPrimitives.ReadUInt32BigEndian(page);
        }
    }

    /// <summary>A row is a header of serial types and the values after it (section 2.1). Numbers stay bytes.</summary>
    private byte[][] SplitColumns(long number, byte[] payload)
    {
        ReadOnlySpan<byte> all = payload;
        var rest = all;
        var headerLength = ReadVariableInteger(ref rest);
        var columns = new List<byte[]>();
        var types = headerLength >= all.Length - rest.Length && headerLength <= all.Length
            ? all[(all.Length - rest.Length)..(int)headerLength]
            : throw Damage(number, $"expected the header of a row of {all.Length} bytes, found one of {headerLength}");
        var values = all[(int)headerLength..];
        while (!types.IsEmpty)
        {
            var type = ReadVariableInteger(ref types);
            var length = type switch { >= 12 => (type - 12) / 2, <= 4 => Math.Max(type, 0), 5 => 6, 6 or 7 => 8, _ => 0 };
            if (length > values.Length)
            {
                throw Damage(number, $"expected a value of {length} bytes inside its row, found {values.Length}");
            }

            columns.Add(type == 9 ? [1] : values[..(int)length].ToArray());
            values = values[(int)length..];
        }

        return [.. columns];
    }

    private byte[] ReadPage(long number, HashSet<long> used)
    {
        if (number < 1 || number > _pageCount || !used.Add(number))
        {
            throw Damage(number, $"expected a page of 1 to {_pageCount} that is used once, found {number}");
        }

        var page = new byte[_pageLength];
        if (_log is null || !_log.TryRead((uint)number, page))
        {
            _content.Read((number - 1) * _pageLength, page);
        }

        return page;
    }

    private InspectionException Damage(long page, string reason) => _content.Damage((page - 1) * _pageLength, reason);

    private static long ReadInteger(byte[] bytes) => bytes.Aggregate(0L, (value, next) => (value << 8) | next);

    /// <summary>Seven bits a byte, high ones first; the ninth byte has eight.</summary>
    private static long ReadVariableInteger(ref ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        for (var length = 1; length <= bytes.Length; length++)
        {
            var next = bytes[length - 1];
            if (length == 9 || next < 0x80)
            {
                bytes = bytes[length..];
                return length == 9 ? (value << 8) | next : (value << 7) | next;
            }

            value = (value << 7) | (uint)(next & 0x7F);
        }

        bytes = [];
        return -1;
    }
}

/// <param name="Number">The row's number, which stands for an integer primary key.</param>
/// <param name="Columns">The bytes of each value; empty for null.</param>
internal readonly record struct SqliteRow(long Number, byte[][] Columns);
