using System.CommandLine;
using System.CommandLine.Invocation;

namespace Orchestration.Cli;

/// <summary>Runs a command, and makes an exit code and a message of whatever ends it.</summary>
internal static class Invocation
{
    public static async Task<int> RunAsync(ParseResult parsed)
    {
        // Failures are told here, in one way.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        try
        {
            return parsed.Action is ParseErrorAction misuse
                ? await ExplainAsync(parsed, misuse, configuration)
                : await parsed.InvokeAsync(configuration);
        }
        catch (CommandException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return exception.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // The person at the terminal is helped by a line, not by a stack trace.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"orchestrate failed: {exception.Message} ({exception.GetType().Name})");
            return ExitCode.Fault;
        }
    }

    /// <summary>All on standard error, so that a script that reads the output never takes help for a result.</summary>
    private static async Task<int> ExplainAsync(ParseResult parsed, ParseErrorAction misuse, InvocationConfiguration configuration)
    {
        var command = parsed.CommandResult.Command;
        misuse.ShowHelp = command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0;
        configuration.Output = Console.Error;
        await parsed.InvokeAsync(configuration);
        if (!misuse.ShowHelp)
        {
            var path = string.Join(' ', parsed.CommandResult.Command.Parents.OfType<Command>().Select(parent => parent.Name).Append(command.Name));
            await Console.Error.WriteLineAsync($"See '{path} --help'.");
        }

        return ExitCode.Refused;
    }
}
