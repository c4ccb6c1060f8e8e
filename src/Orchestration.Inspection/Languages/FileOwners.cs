using Orchestration.Inspection.Files;
using Orchestration.Inspection.Packages.Alpine;
using Orchestration.Inspection.Packages.Pacman;
using Orchestration.Inspection.Packages.Rpm;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Languages;

/// <summary>
/// Which package of the distribution brought a file. A module that the distribution packs gets the distribution's patches under an old number: only the
/// distribution's own advisories say what is wrong with it.
/// </summary>
internal static class FileOwners
{
    private const string DpkgLists = "/var/lib/dpkg/info/*.list";

    private const int MaximumListBytes = 32 << 20;

    /// <returns>The names of packages by path, of those paths that a package claims. What cannot be read claims nothing: its own fact set says that it cannot be read.</returns>
    public static IReadOnlyDictionary<string, string> Find(FactReader reader, IReadOnlySet<string> paths)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        if (paths.Count == 0)
        {
            return owners;
        }

        foreach (var read in new Func<FactReader, IEnumerable<(string Path, string Package)>>[] { Dpkg, RpmDatabase.Files, Apk, Pacman })
        {
            try
            {
                foreach (var (path, package) in read(reader))
                {
                    // Of a guest whose /lib is a link to /usr/lib, lists have either name.
                    foreach (var name in new[] { path, $"/usr{path}" }.Where(paths.Contains))
                    {
                        owners.TryAdd(name, package);
                    }
                }
            }
            catch (InspectionException)
            {
            }
        }

        return owners;
    }

    private static IEnumerable<(string Path, string Package)> Dpkg(FactReader reader)
    {
        reader.Files.Prefetch([DpkgLists]);
        return from list in reader.Glob(DpkgLists)
               let package = System.IO.Path.GetFileNameWithoutExtension(GuestPath.Name(list)).Split(':')[0]
               from line in TextLines.Of(reader.Text(list, MaximumListBytes) ?? "")
               select (line.Text, package);
    }

    private static IEnumerable<(string Path, string Package)> Apk(FactReader reader)
    {
        var (package, directory) = ("", "");
        foreach (var (_, line) in TextLines.Of(ApkDatabase.Paths.Select(path => reader.Text(path, MaximumListBytes)).FirstOrDefault(text => text is not null) ?? ""))
        {
            if (line is [var letter, ':', .. var value])
            {
                package = letter == 'P' ? value : package;
                directory = letter == 'F' ? value : directory;
                if (letter == 'R')
                {
                    yield return ($"/{directory}/{value}", package);
                }
            }
        }
    }

    private static IEnumerable<(string Path, string Package)> Pacman(FactReader reader) =>
        from list in reader.Glob($"{PacmanDatabase.Local}/*/files")
        let words = GuestPath.Name(GuestPath.Parent(list)).Split('-')
        from line in TextLines.Of(reader.Text(list, MaximumListBytes) ?? "")
        where line.Text is [not '%', ..] && words.Length > 2
        select ($"/{line.Text}", string.Join('-', words[..^2]));
}
