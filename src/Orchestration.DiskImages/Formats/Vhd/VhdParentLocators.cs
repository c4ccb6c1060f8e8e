using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhd;

/// <summary>What a differencing VHD image calls its parent.</summary>
internal static class VhdParentLocators
{
    private const int FirstLocator = 576;
    private const int LocatorLength = 24;
    private const int LocatorCount = 8;
    private const int NameOffset = 64;
    private const int NameLength = 512;
    private const uint MaximumPathLength = 64 * 1024;

    private const uint RelativeWindowsPath = 0x5732_7275; // "W2ru", UTF-16
    private const uint AbsoluteWindowsPath = 0x5732_6b75; // "W2ku", UTF-16

    /// <summary>
    /// The path relative to the image where there is one. An absolute path is one of the machine that made the image; its last part is the
    /// name of a file beside it.
    /// </summary>
    public static string FindName(IByteSource source, VhdHeader header)
    {
        if (ReadPath(source, header, RelativeWindowsPath) is { Length: > 0 } relative)
        {
            return WindowsPath.ToRelative(relative);
        }

        var absolute = ReadPath(source, header, AbsoluteWindowsPath)
            ?? Encoding.BigEndianUnicode.GetString(header.Bytes, NameOffset, NameLength).Split('\0')[0];
        return WindowsPath.GetFileName(absolute) is { Length: > 0 } name
            ? name
            : throw VhdFooter.Corrupt(header.Offset + NameOffset, "a differencing image does not name its parent");
    }

    private static string? ReadPath(IByteSource source, VhdHeader header, uint platform)
    {
        for (var i = 0; i < LocatorCount; i++)
        {
            var locator = header.Bytes.AsSpan(FirstLocator + i * LocatorLength, LocatorLength);
            if (BinaryPrimitives.ReadUInt32BigEndian(locator) != platform)
            {
                continue;
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(locator[8..]);
            var offset = BinaryPrimitives.ReadInt64BigEndian(locator[16..]);
            return length <= MaximumPathLength && offset >= 0 && offset <= source.Length - length
                ? Encoding.Unicode.GetString(source.ReadBytes(offset, (int)length)).Split('\0')[0]
                : throw VhdFooter.Corrupt(
                    header.Offset + FirstLocator + i * LocatorLength,
                    $"a parent locator of {length} bytes at {offset}; at most {MaximumPathLength} inside the image are allowed");
        }

        return null;
    }
}
