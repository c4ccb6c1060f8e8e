namespace Orchestration.Cli;

/// <summary>What the command tells the shell.</summary>
internal static class ExitCode
{
    public const int Completed = 0;
    public const int JobFailed = 1;
    public const int Refused = 2;
    public const int Unreachable = 3;
}
