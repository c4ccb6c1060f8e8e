using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Support;

/// <summary>The image in the repository, and what dpkg said of the root that it was made from.</summary>
internal static class SampleImage
{
    public static string Path { get; } = System.IO.Path.Combine(RepositoryRoot.Path, "samples", "debian-12.qcow2");

    /// <summary>Name, version and architecture of every installed package, separated by tabs, sorted.</summary>
    public static IReadOnlyList<string> Packages { get; } =
        File.ReadAllLines(System.IO.Path.Combine(RepositoryRoot.Path, "samples", "debian-12.packages"));
}
