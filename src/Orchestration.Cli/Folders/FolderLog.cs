namespace Orchestration.Cli.Folders;

/// <summary>What a folder's worker tells on standard error, from a level on.</summary>
internal sealed class FolderLog(FolderLogLevel level)
{
    /// <summary>The levels by the names that people know from elsewhere; more than debug there is not.</summary>
    public static FolderLogLevel? Parse(string? text) => text?.Trim().ToUpperInvariant() switch
    {
        "OFF" => FolderLogLevel.Off,
        "ERROR" => FolderLogLevel.Error,
        "WARN" or "WARNING" => FolderLogLevel.Warn,
        "INFO" => FolderLogLevel.Info,
        "DEBUG" or "TRACE" => FolderLogLevel.Debug,
        _ => null,
    };

    public void Write(FolderLogLevel of, string line)
    {
        if (of <= level)
        {
            Console.Error.WriteLine(line);
        }
    }
}

/// <summary>From what matters most on.</summary>
internal enum FolderLogLevel
{
    Off,
    Error,
    Warn,
    Info,
    Debug,
}
