using Orchestration.Protocol.Service;

namespace Orchestration.Cli;

/// <summary>A failure that the person at the terminal is told in one message, with the exit code that goes with it.</summary>
internal sealed class CommandException(int exitCode, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What the service said, where it is the service that refused.</summary>
    public ServiceProblem? Problem { get; init; }
}
