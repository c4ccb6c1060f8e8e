using System.Text;

namespace Orchestration.DiskImages.FileSystems.Signatures;

/// <summary>How the fields beside signatures are written.</summary>
internal static class Signature
{
    /// <summary>Sixteen bytes in the order of print, in lower case with hyphens; null where all are zero.</summary>
    public static string? FormatUuid(ReadOnlySpan<byte> bytes)
    {
        var uuid = new Guid(bytes, bigEndian: true);
        return uuid == Guid.Empty ? null : uuid.ToString("D");
    }

    /// <summary>Text that ends at the first NUL or with the field; trailing spaces are padding. Null where empty.</summary>
    public static string? ReadText(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(end < 0 ? field : field[..end]).TrimEnd(' ');
        return text.Length == 0 ? null : text;
    }
}
