namespace Orchestration.DiskImages.Formats;

/// <summary>File names that programs on Windows stored in images.</summary>
internal static class WindowsPath
{
    /// <summary>A relative path with slashes: <c>.\base\disk.vhd</c> is <c>base/disk.vhd</c>.</summary>
    public static string ToRelative(string path)
    {
        var slashed = path.Replace('\\', '/');
        return slashed.StartsWith("./", StringComparison.Ordinal) ? slashed[2..] : slashed;
    }

    /// <summary>Whether it begins with a drive or a server.</summary>
    public static bool IsAbsolute(string path) => path.StartsWith(@"\\", StringComparison.Ordinal) || (path.Length > 1 && path[1] == ':');

    /// <summary>What follows the last separator.</summary>
    public static string GetFileName(string path) => path[(path.LastIndexOfAny(['\\', '/']) + 1)..];
}
