using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Text;

/// <summary>
/// Configuration in parts, as systemd and kmod have it: files of several directories are read sorted by name, whatever their
/// directory; of one name only that of the first directory counts, and as a link to <c>/dev/null</c> or empty it hides the others.
/// </summary>
internal static class DropInFiles
{
    /// <param name="reader">Reads them.</param>
    /// <param name="suffix">Ending of the names that count.</param>
    /// <param name="directories">Highest priority first.</param>
    public static IEnumerable<(string Path, string Text)> Read(FactReader reader, string suffix, params IEnumerable<string> directories) =>
        from path in directories.SelectMany(directory => reader.List(directory).Select(file => file.Path))
            .Where(path => path.EndsWith(suffix, StringComparison.Ordinal))
            .DistinctBy(GuestPath.Name)
            .OrderBy(GuestPath.Name, StringComparer.Ordinal)
        let text = reader.Text(path)
        where text is not null
        select (path, text);
}
