using System.Text.Json;

namespace Orchestration.Inspection.Languages.Documents;

/// <summary>
/// <c>package-lock.json</c> and <c>npm-shrinkwrap.json</c> (npm, "package-lock.json"): versions 2 and 3 list <c>packages</c> by the place they are installed at,
/// version 1 nests <c>dependencies</c>. Packages that are needed only while developing are left out.
/// </summary>
internal static class NodeLock
{
    private const string Modules = "node_modules/";

    private const int MaximumDepth = 64;

    public static bool Matches(string path) =>
        (path.EndsWith("/package-lock.json", StringComparison.Ordinal) || path.EndsWith("/npm-shrinkwrap.json", StringComparison.Ordinal)) && !NodePackage.IsInstalled(path);

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        using var document = file.Json();
        var root = document.RootElement;
        return
        [
            .. root.Member("packages", JsonValueKind.Object) is not null
                ? from entry in root.Members("packages")
                  let start = entry.Name.LastIndexOf(Modules, StringComparison.Ordinal)
                  where start >= 0 && !entry.Value.IsTrue("link") && !entry.Value.IsTrue("dev")
                  let name = entry.Value.Text("name") ?? entry.Name[(start + Modules.Length)..]
                  let version = entry.Value.Text("version")
                  where version is not null && name.Length > 0
                  select Locked(file, name, version, entry.Value.Licence("license"))
                : Nested(file, root, depth: 0),
        ];
    }

    private static IEnumerable<LanguagePackage> Nested(ScannedFile file, JsonElement owner, int depth) => depth > MaximumDepth
        ? throw new InspectionException(InspectionError.FileUnreadable, file.Path, $"expected dependencies at most {MaximumDepth} deep, found more")
        : from entry in owner.Members("dependencies")
          where !entry.Value.IsTrue("dev") && entry.Name.Length > 0
          from package in (entry.Value.Text("version") is { } version && char.IsAsciiDigit(version[0]) ? [Locked(file, entry.Name, version, null)] : Array.Empty<LanguagePackage>())
              .Concat(Nested(file, entry.Value, depth + 1))
          select package;

    private static LanguagePackage Locked(ScannedFile file, string name, string version, string? licence) =>
        new("npm", name, version, file.Path) { Licence = licence, Locked = true };
}
