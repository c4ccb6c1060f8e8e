using System.CommandLine;
using System.Text.Json;
using Orchestration.Cli.Output;
using Orchestration.Protocol;

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
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(worker, ProtocolJson.Indented));
            }
            else
            {
                WorkerSummary.Print(worker);
            }

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
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(workers, ProtocolJson.Indented));
            }
            else
            {
                WorkerSummary.Print(workers);
            }

            return ExitCode.Completed;
        });
        return command;
    }
}
