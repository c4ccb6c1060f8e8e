using System.Diagnostics;

namespace Orchestration.TestSupport;

/// <summary>Installs what a folder of <c>eng</c> pins in its lock file, where it is not installed yet.</summary>
public static class NodePackages
{
    /// <summary>The folder whose node_modules hold the packages. Test processes that run side by side install them once.</summary>
    /// <param name="name">Name of the folder in <c>eng</c>.</param>
    /// <param name="marker">A path below its node_modules that is there when all is.</param>
    public static async Task<string> EnsureAsync(string name, string marker)
    {
        var directory = Path.Combine(RepositoryRoot.Path, "eng", name);
        var installed = Path.Combine(directory, "node_modules", marker);
        if (File.Exists(installed))
        {
            return directory;
        }

        await using var turn = await TakeTurnAsync(Path.Combine(Path.GetTempPath(), $"orchestration-{name}-install.lock"));
        if (!File.Exists(installed))
        {
            var start = new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = directory };
            using var npm = Process.Start(start) ?? throw new InvalidOperationException("npm did not start.");
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"'npm ci' in {directory} ended with code {npm.ExitCode}.");
            }
        }

        return directory;
    }

    private static async Task<FileStream> TakeTurnAsync(string path)
    {
        while (true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }
}
