using System.Buffers.Binary;

namespace Orchestration.Inspection.Languages.Archives;

/// <summary>
/// Whether a zip's central directory is one that can be read in memory: the library reads it as a whole, however large it claims to be
/// (PKWARE APPNOTE, sections 4.3.14 to 4.3.16).
/// </summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;

    private const int MaximumComment = 0xFFFF;

    private const int Zip64LocatorLength = 20;

    private const int Zip64EndLength = 56;

    private const long MaximumDirectoryBytes = 32 << 20;

    private const long MaximumEntries = 200_000;

    /// <exception cref="InspectionException">It is no zip, or has more entries than can be read.</exception>
    public static void Require(Stream stream, string path)
    {
        var tail = new byte[(int)Math.Min(stream.Length, EndLength + MaximumComment + Zip64LocatorLength)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || end > tail.Length - EndLength)
        {
            throw new InspectionException(InspectionError.FileUnreadable, path, "expected a zip, found no end of a central directory");
        }

        long entries = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 10));
        long length = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 12));
        var locator = end - Zip64LocatorLength;
        if (locator >= 0 && tail.AsSpan(locator).StartsWith("PK\u0006\u0007"u8)
            && BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(locator + 8)) is >= 0 and var position && position <= stream.Length - Zip64EndLength)
        {
            var record = new byte[Zip64EndLength];
            stream.Position = position;
            stream.ReadExactly(record);
            entries = Math.Max(entries, BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(32)));
            length = Math.Max(length, BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(40)));
        }

        if (entries > MaximumEntries || length > MaximumDirectoryBytes || length > stream.Length)
        {
            throw new InspectionException(
                InspectionError.FileTooLarge, path, $"expected a zip with at most {MaximumEntries} entries and {MaximumDirectoryBytes} bytes for them, found one that claims {entries} and {length}");
        }

        stream.Position = 0;
    }
}
