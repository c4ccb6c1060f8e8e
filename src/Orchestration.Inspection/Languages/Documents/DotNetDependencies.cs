using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Languages.Documents;

/// <summary><c>*.deps.json</c>, which .NET writes beside a program (dotnet/sdk, "runtime-configuration-file"): <c>libraries</c> by <c>name/version</c>.</summary>
internal static class DotNetDependencies
{
    private const string RuntimePack = "runtimepack.";

    public static bool Matches(string path) => path.EndsWith(".deps.json", StringComparison.OrdinalIgnoreCase);

    public static IEnumerable<LanguagePackage> Read(ScannedFile file)
    {
        using var document = file.Json();
        return
        [
            .. from library in document.RootElement.Members("libraries")
               let type = library.Value.Text("type")
               where type is "package" or "runtimepack"
               let separator = library.Name.LastIndexOf('/')
               where separator > 0 && separator < library.Name.Length - 1
               let name = library.Name[..separator]
               select new LanguagePackage(
                   "NuGet",
                   type == "runtimepack" && name.StartsWith(RuntimePack, StringComparison.Ordinal) ? name[RuntimePack.Length..] : name,
                   GuestPath.Name(library.Name),
                   file.Path),
        ];
    }
}
