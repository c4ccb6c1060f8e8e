using System.Text;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Storage;

/// <summary>A line of fstab(5), or a systemd mount unit put as one.</summary>
/// <param name="Specification">What is mounted, as written: <c>UUID=…</c>, <c>/dev/sda1</c>, <c>tmpfs</c>, …</param>
/// <param name="MountPoint">Where; <c>none</c> for swap.</param>
/// <param name="Type">File system type as written.</param>
/// <param name="Options">Separated mount options.</param>
/// <param name="File">The file that says so.</param>
/// <param name="Line">Counted from one.</param>
public sealed record MountEntry(
    string Specification,
    string MountPoint,
    string Type,
    IReadOnlyList<string> Options,
    string File,
    int Line)
{
    public bool IsSwap => Type == "swap";

    public bool HasOption(string option) => Options.Contains(option, StringComparer.Ordinal);
}

/// <summary>The format of <c>/etc/fstab</c>, by fstab(5).</summary>
internal static class FstabFile
{
    public static IReadOnlyList<MountEntry> Parse(string text, string file)
    {
        var entries = new List<MountEntry>();
        foreach (var line in TextLines.Significant(text))
        {
            var fields = line.Words;
            if (fields.Length < 2)
            {
                continue;
            }

            entries.Add(new MountEntry(
                Unescape(fields[0]),
                Unescape(fields[1]),
                fields.Length > 2 ? fields[2] : "auto",
                SplitOptions(fields.Length > 3 ? fields[3] : "defaults"),
                file,
                line.Number));
        }

        return entries;
    }

    public static IReadOnlyList<string> SplitOptions(string options) =>
        options.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Blanks in names are written as <c>\040</c>, three octal digits of the byte.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }

        var text = new StringBuilder(field.Length);
        for (var position = 0; position < field.Length; position++)
        {
            if (field[position] == '\\' && position + 3 < field.Length && field.AsSpan(position + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                text.Append((char)Convert.ToInt32(field.Substring(position + 1, 3), 8));
                position += 3;
            }
            else
            {
                text.Append(field[position]);
            }
        }

        return text.ToString();
    }
}
