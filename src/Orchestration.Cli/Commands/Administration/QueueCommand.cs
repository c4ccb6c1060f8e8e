using System.CommandLine;
using System.Globalization;
using Orchestration.Cli.Output;
using Orchestration.Protocol.Service;
using Spectre.Console;

namespace Orchestration.Cli.Commands.Administration;

/// <summary><c>orchestrate queue</c>: who runs and who waits.</summary>
internal static class QueueCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("queue", "Show the jobs at work, and those that wait for their turn, the next one first.") { json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var queue = await client.GetQueueAsync(cancellationToken);
            Answer.Write(queue, parsed.GetValue(json), Print);

            return ExitCode.Completed;
        });
        return command;
    }

    private static void Print(JobQueue queue)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{queue.RunningCount} of at most {queue.Limit} jobs at work, {queue.WaitingCount} waiting"));
        if (queue.RunningCount + queue.WaitingCount == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("State", "Job", "Since", "Priority");
        foreach (var (state, job) in queue.Running.Select(job => ("running", job)).Concat(queue.Waiting.Select(job => ("waiting", job))))
        {
            table.AddRow(
                new Text(state),
                new Text(job.JobId),
                new Text(job.Since.ToString("u", CultureInfo.InvariantCulture)),
                new Text(job.Priority?.ToString(CultureInfo.InvariantCulture) ?? ""));
        }

        Terminal.Write(table);
    }
}
