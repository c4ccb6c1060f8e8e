using System.Globalization;

namespace Orchestration.DiskImages.Formats.Vmdk;

/// <summary>A line of the descriptor that says where the next part of the disk is stored, as in <c>RW 4192256 FLAT "disk-f001.vmdk" 0</c>.</summary>
/// <param name="Length">Bytes of the disk, more than zero.</param>
/// <param name="Type">How they are stored: <c>SPARSE</c>, <c>FLAT</c>, …</param>
/// <param name="FileName">Where; empty for a type that needs no file.</param>
/// <param name="FileOffset">Where in the file the content of a flat extent begins, in bytes.</param>
internal sealed record VmdkExtentLine(long Length, string Type, string FileName, long FileOffset)
{
    private const int Sector = 512;
    private const long MaximumSectors = 1L << 40;

    public static bool IsOne(string line) =>
        line.StartsWith("RW ", StringComparison.Ordinal) || line.StartsWith("RDONLY ", StringComparison.Ordinal) || line.StartsWith("NOACCESS ", StringComparison.Ordinal);

    public static VmdkExtentLine Parse(string line)
    {
        var nameStart = line.IndexOf('"', StringComparison.Ordinal);
        var nameEnd = line.LastIndexOf('"');
        var words = (nameStart < 0 ? line : line[..nameStart]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3 || ReadSectors(words[1]) is not (> 0 and var sectors))
        {
            throw VmdkDescriptor.Corrupt($"expected an extent's access, sectors, type and file, found '{line}'");
        }

        if (words[0] == "NOACCESS")
        {
            throw new DiskImageException(DiskImageError.Unsupported, VmdkDescriptor.Layer, null, $"the extent '{line}' is marked as not accessible");
        }

        if (words[2] != "ZERO" && nameEnd <= nameStart + 1)
        {
            throw VmdkDescriptor.Corrupt($"the extent '{line}' names no file");
        }

        var offset = nameEnd < 0 ? "" : line[(nameEnd + 1)..].Trim();
        return new VmdkExtentLine(
            sectors * Sector,
            words[2],
            nameEnd > nameStart ? line[(nameStart + 1)..nameEnd] : "",
            (offset.Length == 0 ? 0 : ReadSectors(offset.Split(' ')[0]) ?? throw VmdkDescriptor.Corrupt($"'{line}' ends in no offset")) * Sector);
    }

    private static long? ReadSectors(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var sectors) && sectors <= MaximumSectors ? sectors : null;
}
