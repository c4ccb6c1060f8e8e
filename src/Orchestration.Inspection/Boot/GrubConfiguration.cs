using System.Globalization;
using System.Text.RegularExpressions;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Boot;

/// <summary>
/// What a generated <c>grub.cfg</c> would boot. It is a shell script; as grub-mkconfig writes it, menu entries are literal, and the
/// default is a number, a title or an id, for submenus joined by <c>&gt;</c>, or what <c>grubenv</c> saved.
/// </summary>
internal sealed partial class GrubConfiguration
{
    private readonly List<(string Path, BootEntry Entry)> _entries = [];
    private readonly List<string> _defaults = [];

    private GrubConfiguration()
    {
    }

    public IEnumerable<BootEntry> Entries => _entries.Select(item => item.Entry);

    public bool HasPassword { get; private set; }

    /// <summary>The menu is in files of its own, by the Boot Loader Specification.</summary>
    public bool ReadsEntryFiles { get; private set; }

    public static GrubConfiguration Parse(string text)
    {
        var configuration = new GrubConfiguration();
        var open = new Stack<OpenBlock>();
        var counts = new Stack<int>([0]);
        foreach (var (number, line) in TextLines.Significant(text))
        {
            if (line.EndsWith('{') && MenuLine().Match(line) is { Success: true } menu)
            {
                var index = counts.Pop();
                counts.Push(index + 1);
                var isSubmenu = menu.Groups["kind"].Value == "submenu";
                open.Push(new OpenBlock(isSubmenu, menu.Groups["title"].Value, menu.Groups["id"] is { Success: true } id ? id.Value : null, index));
                if (isSubmenu)
                {
                    counts.Push(0);
                }
            }
            else if (line == "}" && open.TryPop(out var closed))
            {
                if (closed.IsSubmenu)
                {
                    counts.Pop();
                }
            }
            else if (line.EndsWith('{'))
            {
                open.Push(OpenBlock.Other);
            }
            else
            {
                configuration.ReadCommand(line, number, open);
            }
        }

        return configuration;
    }

    /// <param name="savedEntry"><c>saved_entry</c> of grubenv; null where there is none.</param>
    public BootEntry? FindDefault(string? savedEntry)
    {
        // The script assigns several times, under conditions; the last literal one is what holds without a next_entry.
        var wanted = _defaults.Contains("${saved_entry}") && savedEntry is { Length: > 0 } ? savedEntry
            : _defaults.LastOrDefault(value => !value.Contains('$', StringComparison.Ordinal)) ?? "0";
        return _entries.FirstOrDefault(item => Matches(item, wanted)).Entry ?? _entries.FirstOrDefault().Entry;
    }

    private static bool Matches((string Path, BootEntry Entry) item, string wanted) =>
        item.Path == wanted || item.Entry.Title == wanted || item.Entry.Id == wanted
        || (item.Entry.Id is { } id && wanted.EndsWith($">{id}", StringComparison.Ordinal))
        || wanted.EndsWith($">{item.Entry.Title}", StringComparison.Ordinal);

    private void ReadCommand(string line, int number, Stack<OpenBlock> open)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is ["set", var assignment, ..] && assignment.StartsWith("default=", StringComparison.Ordinal))
        {
            _defaults.Add(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim().Trim('"', '\''));
        }
        else if (words[0] is "password_pbkdf2" or "password")
        {
            HasPassword = true;
        }
        else if (words[0] == "blscfg")
        {
            ReadsEntryFiles = true;
        }
        else if (words is ["initrd" or "initrd16" or "initrdefi", _, ..] && _entries is [.., var last] && open.Any(block => block is { IsSubmenu: false, Title: not null }))
        {
            _entries[^1] = (last.Path, last.Entry with { InitialRamdisks = words[1..] });
        }
        else if (words is ["linux" or "linux16" or "linuxefi", var kernel, ..] && open.FirstOrDefault(block => block.Title is not null) is { IsSubmenu: false, Title: { } title } entry)
        {
            var path = string.Join('>', open.Where(block => block.Title is not null).Reverse().Select(block => block.Index.ToString(CultureInfo.InvariantCulture)));
            _entries.Add((path, new BootEntry(title, entry.Id, kernel, words[2..], number)));
        }
    }

    private sealed record OpenBlock(bool IsSubmenu, string? Title, string? Id, int Index)
    {
        /// <summary>An <c>if</c>, a function: a block that is no menu.</summary>
        public static OpenBlock Other { get; } = new(false, null, null, 0);
    }

    [GeneratedRegex("""^(?<kind>menuentry|submenu)\s+(?:'(?<title>[^']*)'|"(?<title>[^"]*)")(?:.*?(?:\$menuentry_id_option|--id)\s+['"]?(?<id>[^'"\s{]+))?""")]
    private static partial Regex MenuLine();
}
