using System.Diagnostics;

namespace Orchestration.TestSupport;

/// <summary>Installs the Azurite that eng/azurite pins, where it is not installed yet.</summary>
internal static class AzuriteInstallation
{
    /// <summary>The folder whose node_modules hold Azurite. Test processes that run side by side install it once.</summary>
    public static async Task<string> EnsureAsync()
    {
        var directory = Path.Combine(RepositoryRoot.Path, "eng", "azurite");
        var installed = Path.Combine(directory, "node_modules", ".bin", "azurite");
        if (File.Exists(installed))
        {
            return directory;
        }

        await using var turn = await TakeTurnAsync(Path.Combine(Path.GetTempPath(), "orchestration-azurite-install.lock"));
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
