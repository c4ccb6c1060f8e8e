using Microsoft.AspNetCore.Connections;
using Orchestration.EmbeddedRuntime.Store;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>
/// Ends the process with one line rather than a stack trace and a core dump where it cannot start for a reason that whoever started it can
/// remove: a wrong setting, a port that is taken, a store that another process has open.
/// </summary>
internal static class StartupFailure
{
    private const int ExitCode = 1;
    private static int _installed;

    /// <summary>Takes effect once for the process, however many hosts it builds.</summary>
    public static void ReportInOneLine()
    {
        if (Interlocked.Exchange(ref _installed, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
            {
                if (failure.ExceptionObject is Exception exception && Describe(exception) is { } message)
                {
                    Console.Error.WriteLine(message);
                    Environment.Exit(ExitCode);
                }
            };
        }
    }

    /// <summary>What to tell whoever started the process; null for failures that are defects, whose stack trace is wanted.</summary>
    internal static string? Describe(Exception exception) => exception switch
    {
        FunctionHostException or StoreException => exception.Message,
        IOException { InnerException: AddressInUseException } => $"{exception.Message} Stop the process that listens there, or name another port with --port.",
        _ => null,
    };
}
