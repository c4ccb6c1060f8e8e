using System.Buffers.Binary;
using System.Collections;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Rpm;

/// <summary>
/// rpm's <c>Packages</c> as a hash file of Berkeley DB (<c>dbinc/db_page.h</c>), of either byte order. All pages are gone through in turn: a
/// hash page has pairs of key and value; a value that does not fit is a chain of overflow pages.
/// </summary>
internal sealed class BerkeleyPackages
{
    private const uint HashMagic = 0x061561;
    private const int PageHeaderLength = 26;
    private const int OffPageItemLength = 12;

    // Page types P_HASH_UNSORTED (as RHEL 5 and older wrote), P_OVERFLOW, P_HASHMETA and P_HASH; item types H_KEYDATA and H_OFFPAGE.
    private const byte UnsortedHashPage = 2;
    private const byte OverflowPage = 7;
    private const byte HashMetaPage = 8;
    private const byte HashPage = 13;
    private const byte InlineItem = 1;
    private const byte OffPageItem = 3;

    private readonly GuestContent _content;
    private readonly bool _isLittleEndian;
    private readonly int _pageLength;
    private readonly BitArray _used;

    private BerkeleyPackages(GuestContent content)
    {
        _content = content;
        var meta = content.ReadBytes(0, 72);
        _isLittleEndian = BinaryPrimitives.ReadUInt32LittleEndian(meta.AsSpan(12)) == HashMagic;
        if (UInt32(meta, 12) != HashMagic || meta[25] != HashMetaPage)
        {
            throw content.Damage(12, "expected a hash file of Berkeley DB, found something else");
        }

        var pageLength = UInt32(meta, 20);
        if (pageLength is < 512 or > 65536 || (pageLength & (pageLength - 1)) != 0)
        {
            throw content.Damage(20, $"expected a page length from 512 to 65536 that is a power of two, found {pageLength}");
        }

        if (meta[24] != 0 || (meta[26] & 1) != 0)
        {
            throw content.Damage(24, "expected pages without encryption and checksums, which rpm never uses, found them");
        }

        _pageLength = (int)pageLength;
        var pages = content.Length / _pageLength;
        _used = pages <= int.MaxValue ? new BitArray((int)pages) : throw content.Damage(0, $"expected at most {int.MaxValue} pages, found {pages}");
    }

    public static IEnumerable<RpmBlob> Read(GuestContent content) => new BerkeleyPackages(content).Read();

    private IEnumerable<RpmBlob> Read()
    {
        for (var number = 1; number < _used.Length; number++)
        {
            // Of overflow pages, which are nearly all of the file, only the type is looked at here.
            if (_content.ReadBytes((long)number * _pageLength, PageHeaderLength)[25] is not (HashPage or UnsortedHashPage))
            {
                continue;
            }

            var page = _content.ReadBytes((long)number * _pageLength, _pageLength);
            var items = UInt16(page, 20);
            for (var item = 0; item + 1 < items; item += 2)
            {
                var key = ReadItem(page, number, item);

                // Key 0 holds the highest number given so far.
                if (key.Length == 4 && UInt32(key, 0) is > 0 and var package)
                {
                    yield return new RpmBlob(package, ReadItem(page, number, item + 1));
                }
            }
        }
    }

    /// <summary>Items fill the page from its end, so each ends where the one before it begins.</summary>
    private byte[] ReadItem(byte[] page, int number, int item)
    {
        var index = PageHeaderLength + (2 * item);
        var start = index + 2 <= page.Length ? UInt16(page, index) : 0;
        var end = item == 0 ? page.Length : UInt16(page, index - 2);
        if (start < PageHeaderLength || start >= end || end > page.Length)
        {
            throw _content.Damage((long)number * _pageLength, $"expected item {item} inside its page, found it from {start} to {end}");
        }

        return page[start] switch
        {
            InlineItem => page[(start + 1)..end],
            OffPageItem when end - start >= OffPageItemLength => ReadChain(UInt32(page, start + 4), UInt32(page, start + 8)),
            var type => throw _content.Damage(((long)number * _pageLength) + start, $"expected an item with data, found type {type}"),
        };
    }

    /// <summary>A page belongs to one chain only, so that neither a loop nor a shared chain makes more of the file than it holds.</summary>
    private byte[] ReadChain(uint first, uint length)
    {
        if (length > _content.Length || length > int.MaxValue)
        {
            throw _content.Damage((long)first * _pageLength, $"expected a value that fits a file of {_content.Length} bytes, found {length} bytes");
        }

        var value = new byte[length];
        var filled = 0;
        for (var number = first; filled < value.Length;)
        {
            if (number >= _used.Length || _used[(int)number])
            {
                throw _content.Damage((long)number * _pageLength, "expected the next page of a value, found one of another value, or none");
            }

            _used[(int)number] = true;
            var page = _content.ReadBytes((long)number * _pageLength, _pageLength);
            var count = UInt16(page, 22);
            if (page[25] != OverflowPage || count == 0 || count > _pageLength - PageHeaderLength || count > value.Length - filled)
            {
                throw _content.Damage((long)number * _pageLength, $"expected an overflow page of at most {value.Length - filled} bytes, found type {page[25]} of {count}");
            }

            page.AsSpan(PageHeaderLength, count).CopyTo(value.AsSpan(filled));
            filled += count;
            number = UInt32(page, 16);
        }

        return value;
    }

    private uint UInt32(byte[] bytes, int offset) => _isLittleEndian
        ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset))
        : BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(offset));

    private ushort UInt16(byte[] bytes, int offset) => _isLittleEndian
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset))
        : BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(offset));
}
