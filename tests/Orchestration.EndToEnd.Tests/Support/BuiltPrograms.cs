using System.Diagnostics;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Support;

/// <summary>The programs under test, of the same configuration as the tests.</summary>
internal static class BuiltPrograms
{
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;

    public static string Service => PathTo("Orchestration.Functions", "Orchestration.Functions.dll");

    public static string Command => PathTo("Orchestration.Cli", "orchestrate.dll");

    public static ProcessStartInfo Start(string program, params IEnumerable<string> arguments) => new("dotnet", [program, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static string PathTo(string project, string file) =>
        Path.Combine(RepositoryRoot.Path, "artifacts", "bin", project, Configuration, file);
}
