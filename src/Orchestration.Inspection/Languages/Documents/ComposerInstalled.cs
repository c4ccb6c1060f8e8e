using System.Text.Json;

namespace Orchestration.Inspection.Languages.Documents;

/// <summary><c>vendor/composer/installed.json</c>: Composer 2 has the list as <c>packages</c>, Composer 1 as the document itself.</summary>
internal static class ComposerInstalled
{
    public static bool Matches(string path) => path.EndsWith("/composer/installed.json", StringComparison.Ordinal);

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        using var document = file.Json();
        var packages = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray() : document.RootElement.Items("packages");
        return
        [
            .. from package in packages
               let name = package.Text("name")
               let version = package.Text("version")
               where name is not null && version is not null
               select new LanguagePackage("Packagist", name, version, file.Path) { Licence = package.Licence("license") },
        ];
    }
}
