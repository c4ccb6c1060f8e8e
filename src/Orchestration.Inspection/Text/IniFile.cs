using System.Text;

namespace Orchestration.Inspection.Text;

/// <param name="Section">Without brackets; empty before the first section.</param>
/// <param name="Key">As written.</param>
/// <param name="Value">Trimmed; may be empty.</param>
/// <param name="Line">Where the assignment begins.</param>
internal sealed record IniEntry(string Section, string Key, string Value, int Line);

/// <summary>
/// Sections of assignments, as systemd units, NetworkManager key files and several <c>.conf</c> files have them: <c>#</c> and <c>;</c>
/// begin comments, a backslash at the end of a line continues it (systemd.syntax(7)).
/// </summary>
internal sealed class IniFile
{
    private IniFile(IReadOnlyList<IniEntry> entries) => Entries = entries;

    /// <summary>Every assignment in file order.</summary>
    public IReadOnlyList<IniEntry> Entries { get; }

    public static IniFile Parse(string text)
    {
        var entries = new List<IniEntry>();
        var section = "";
        var pending = new StringBuilder();
        var pendingLine = 0;
        foreach (var (number, raw) in TextLines.Of(text))
        {
            var line = raw.Trim();
            if (line.StartsWith('#') || line.StartsWith(';') || (line.Length == 0 && pending.Length == 0))
            {
                continue;
            }

            pendingLine = pending.Length == 0 ? number : pendingLine;
            if (line.EndsWith('\\'))
            {
                pending.Append(line.AsSpan()[..^1].TrimEnd()).Append(' ');
                continue;
            }

            line = pending.Append(line).ToString();
            pending.Clear();
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                section = line[1..^1];
            }
            else if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var separator)
            {
                entries.Add(new IniEntry(section, line[..separator].Trim(), line[(separator + 1)..].Trim(), pendingLine));
            }
        }

        return new IniFile(entries);
    }

    /// <summary>The last assignment of a key; null where there is none.</summary>
    public IniEntry? Find(string section, string key) =>
        Entries.LastOrDefault(entry => entry.Section == section && entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    public string? Value(string section, string key) => Find(section, key)?.Value;

    /// <summary>The words of all assignments of a list key; an empty assignment forgets those before it (systemd.syntax(7)).</summary>
    public IReadOnlyList<string> Words(string section, string key)
    {
        var words = new List<string>();
        foreach (var entry in Entries.Where(entry => entry.Section == section && entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
        {
            if (entry.Value.Length == 0)
            {
                words.Clear();
            }

            words.AddRange(entry.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }

        return words;
    }
}
