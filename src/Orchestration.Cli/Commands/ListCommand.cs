using System.CommandLine;

namespace Orchestration.Cli.Commands;

/// <summary><c>orchestrate list</c>: jobs, newest first.</summary>
internal static class ListCommand
{
    private const int DefaultLimit = 50;

    public static Command Create()
    {
        Option<string[]>[] filters =
        [
            new("--state") { Description = "State, such as running, failed or dead_lettered; may be given several times." },
            new("--operation") { Description = "Operation, such as guestkit.inspect." },
            new("--namespace") { Description = "Namespace." },
            new("--label") { Description = "NAME:VALUE; may be given several times, for jobs that have them all." },
            new("--from") { Description = "Submitted at this moment or later, such as 2026-03-01T08:00:00Z." },
            new("--to") { Description = "Submitted before this moment." },
            new("--text") { Description = "Part of the job's id or name." },
        ];
        var limit = new Option<int>("--limit") { Description = "The most jobs to show.", DefaultValueFactory = _ => DefaultLimit };
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("list", "List jobs, newest first.") { limit, json, url, key };
        Array.ForEach(filters, command.Options.Add);
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var query = string.Concat(filters.SelectMany(
                filter => parsed.GetValue(filter) ?? [], (filter, value) => $"&{filter.Name.TrimStart('-')}={Uri.EscapeDataString(value)}"));
            await JobPages.PrintAsync(
                (count, cursor) => client.ListAsync(count, query, cursor, cancellationToken), parsed.GetValue(limit), parsed.GetValue(json));
            return ExitCode.Completed;
        });
        return command;
    }
}
