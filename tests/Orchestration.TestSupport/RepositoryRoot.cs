namespace Orchestration.TestSupport;

/// <summary>Finds files of the repository from a test's output folder.</summary>
public static class RepositoryRoot
{
    /// <summary>The folder that holds Orchestration.sln.</summary>
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string? directory) => directory switch
    {
        null => throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Orchestration.sln."),
        _ when File.Exists(System.IO.Path.Combine(directory, "Orchestration.sln")) => directory,
        _ => Find(System.IO.Path.GetDirectoryName(directory.TrimEnd(System.IO.Path.DirectorySeparatorChar))),
    };
}
