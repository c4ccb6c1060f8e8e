using System.CommandLine;
using Orchestration.Cli.Output;

namespace Orchestration.Cli.Commands.Administration;

/// <summary><c>orchestrate capabilities</c> and <c>orchestrate workers</c>: what the workers are and can do.</summary>
internal static class WorkerCommands
{
    public static Command CreateCapabilities()
    {
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("capabilities", "Show what the worker that answers is and can do.") { json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var worker = await client.GetCapabilitiesAsync(cancellationToken);
            Answer.Write(worker, parsed.GetValue(json), WorkerSummary.Print);

            return ExitCode.Completed;
        });
        return command;
    }

    public static Command CreateWorkers()
    {
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("workers", "List the workers that share the storage account.") { json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var workers = await client.GetWorkersAsync(cancellationToken);
            Answer.Write(workers, parsed.GetValue(json), WorkerSummary.Print);

            return ExitCode.Completed;
        });
        return command;
    }
}
