using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Documents;

/// <summary><c>package.json</c> of a package that npm installed: in a directory of its name, or scope and name, below <c>node_modules</c>.</summary>
internal static class NodePackage
{
    public static bool Matches(string path) => path.EndsWith("/package.json", StringComparison.Ordinal)
        && path.Split('/') is [.., var first, var second, var third, _] && (second == "node_modules" || (first == "node_modules" && second.StartsWith('@') && third.Length > 0));

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        using var document = file.Json();
        var root = document.RootElement;
        return root.Text("name") is { } name && root.Text("version") is { } version
            ? [new LanguagePackage("npm", name, version, file.Path) { Licence = root.Licence("license", "licenses") }]
            : [];
    }

    /// <summary>Whether a path is below a <c>node_modules</c>.</summary>
    public static bool IsInstalled(string path) => GuestPath.Split(path).Contains("node_modules");
}
