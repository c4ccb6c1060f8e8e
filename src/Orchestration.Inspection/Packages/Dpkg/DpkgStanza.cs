using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Packages.Dpkg;

/// <summary>
/// One paragraph of a Debian control file, by deb822(5): <c>Name: value</c> lines, field names without regard to case, values
/// continued on lines that begin with a blank, paragraphs parted by empty lines; the last one may end with the file. Of a value only
/// its first line is kept: no field that is read here has more.
/// </summary>
internal sealed class DpkgStanza
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    private DpkgStanza(int line) => Line = line;

    /// <summary>Where the paragraph begins, counted from one.</summary>
    public int Line { get; }

    public string? this[string field] => _fields.GetValueOrDefault(field);

    public static IEnumerable<DpkgStanza> Parse(string text)
    {
        DpkgStanza? stanza = null;
        foreach (var (number, line) in TextLines.Of(text))
        {
            if (line.Length == 0)
            {
                if (stanza is not null)
                {
                    yield return stanza;
                }

                stanza = null;
            }
            else if (line[0] is not (' ' or '\t' or '#') && line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                stanza ??= new DpkgStanza(number);
                stanza._fields[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        if (stanza is not null)
        {
            yield return stanza;
        }
    }
}
