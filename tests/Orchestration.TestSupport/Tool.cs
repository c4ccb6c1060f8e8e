using System.Diagnostics;

namespace Orchestration.TestSupport;

/// <summary>Runs programs of the system.</summary>
public static class Tool
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin"];

    /// <summary>Which of these programs this machine lacks, in words; null where it has them all.</summary>
    public static string? DescribeMissing(IEnumerable<string> tools)
    {
        var missing = tools.Where(tool => Find(tool) is null).ToList();
        return missing.Count == 0 ? null : $"needs {string.Join(", ", missing)}";
    }

    /// <summary>Runs the program, with the given standard input, and returns its standard output. Any exit code but zero is an <see cref="InvalidOperationException"/>.</summary>
    public static string Run(string tool, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(Find(tool) ?? tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{tool} did not start");
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{tool} {string.Join(' ', start.ArgumentList)} exited with {process.ExitCode}: {errors.Result}{output}");
    }

    public static string Run(string tool, params string[] arguments) => Run(tool, arguments.AsEnumerable());

    private static string? Find(string tool) => Folders.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
}
