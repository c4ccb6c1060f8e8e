using System.Text;

namespace Orchestration.ProgrammingModelList;

/// <summary>
/// The list as a Markdown document, a table for each namespace. The last column says what an entry was checked against; writing the list
/// again keeps it for the entries that have not changed.
/// </summary>
internal static class ModelDocument
{
    private const string NotChecked = "not checked";

    public static IReadOnlyList<ModelEntry> Read(string path) => ReadRows(path).Select(row => row.Entry).ToList();

    public static void Write(string path, IReadOnlyList<ModelEntry> entries)
    {
        var introduction = Introduction(path);
        var checks = File.Exists(path) ? ReadRows(path).ToDictionary(row => row.Entry, row => row.Check) : [];
        var text = new StringBuilder(introduction);
        foreach (var group in entries.GroupBy(entry => entry.Namespace))
        {
            text.Append($"\n## {group.Key}\n\n| type | declaration | checked against |\n|---|---|---|\n");
            foreach (var entry in group)
            {
                text.Append($"| `{entry.Type}` | `{entry.Signature}` | {checks.GetValueOrDefault(entry, NotChecked)} |\n");
            }
        }

        File.WriteAllText(path, text.ToString());
    }

    /// <summary>What stands before the first table is written by hand.</summary>
    private static string Introduction(string path)
    {
        if (!File.Exists(path))
        {
            return "# The programming model that the app uses\n";
        }

        var text = File.ReadAllText(path);
        var end = text.IndexOf("\n## ", StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    private static IEnumerable<(ModelEntry Entry, string Check)> ReadRows(string path)
    {
        var space = "";
        foreach (var line in File.ReadLines(path))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                space = line[3..];
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal) && line.Split(" | ") is [var type, var signature, var check])
            {
                yield return (new ModelEntry(space, type[3..^1], signature[1..^1]), check[..^2]);
            }
        }
    }
}
