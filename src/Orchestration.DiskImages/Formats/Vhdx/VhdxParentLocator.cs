using System.Buffers.Binary;
using System.Text;

namespace Orchestration.DiskImages.Formats.Vhdx;

/// <summary>What a differencing VHDX image says of its parent: keys and values.</summary>
/// <param name="Name">Name of the parent's file.</param>
/// <param name="Identities">The data write identifiers of which the parent must have one.</param>
internal sealed record VhdxParentLocator(string Name, IReadOnlyList<string> Identities)
{
    private const int FirstEntry = 20;
    private const int EntryLength = 12;

    private static readonly Guid VhdxLocator = new("b04aefb7-d19e-4a81-b789-25b8e9445913");

    public static VhdxParentLocator Parse(VhdxItem item)
    {
        var type = new Guid(item.Bytes.AsSpan(0, 16));
        if (type != VhdxLocator)
        {
            throw VhdxFormat.Unsupported(item.Offset, $"a parent locator of type {type}; {VhdxLocator} is known");
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(item.Bytes.AsSpan(18));
        if (FirstEntry + count * EntryLength > item.Bytes.Length)
        {
            throw VhdxFormat.Corrupt(item.Offset + 18, $"a parent locator of {item.Bytes.Length} bytes has no room for {count} entries");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var entry = item.Bytes.AsSpan(FirstEntry + i * EntryLength, EntryLength);
            var key = ReadText(item, BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]));
            values[key] = ReadText(item, BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]), BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]));
        }

        return new VhdxParentLocator(FindName(values, item.Offset), FindIdentities(values, item.Offset));
    }

    // An absolute path is one of the machine that made the image; its last part is the name of a file beside it.
    private static string FindName(Dictionary<string, string> values, long at)
    {
        if (values.TryGetValue("relative_path", out var relative) && relative.Length > 0)
        {
            return WindowsPath.ToRelative(relative);
        }

        var absolute = values.GetValueOrDefault("absolute_win32_path") ?? values.GetValueOrDefault("volume_path") ?? "";
        return WindowsPath.GetFileName(absolute) is { Length: > 0 } name ? name : throw VhdxFormat.Corrupt(at, "the parent locator has no path");
    }

    private static List<string> FindIdentities(Dictionary<string, string> values, long at)
    {
        var identities = new List<string>();
        foreach (var key in (ReadOnlySpan<string>)["parent_linkage", "parent_linkage2"])
        {
            if (Guid.TryParse(values.GetValueOrDefault(key), out var linkage))
            {
                identities.Add(linkage.ToString());
            }
        }

        return identities.Count > 0 ? identities : throw VhdxFormat.Corrupt(at, "the parent locator has no parent_linkage");
    }

    private static string ReadText(VhdxItem item, uint offset, ushort length) => offset <= item.Bytes.Length - length
        ? Encoding.Unicode.GetString(item.Bytes, (int)offset, length)
        : throw VhdxFormat.Corrupt(item.Offset, $"a text of the parent locator has {length} bytes at {offset}, the locator {item.Bytes.Length}");
}
