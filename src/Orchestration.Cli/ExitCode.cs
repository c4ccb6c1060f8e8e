namespace Orchestration.Cli;

/// <summary>What the command tells the shell.</summary>
internal static class ExitCode
{
    public const int Completed = 0;
    public const int JobFailed = 1;
    public const int Refused = 2;
    public const int Unreachable = 3;

    /// <summary>A fault of this machine or of the command itself: a full disk, a defect.</summary>
    public const int Fault = 4;

    /// <summary>As shells say of a command that Ctrl-C ended.</summary>
    public const int Interrupted = 130;
}
