using System.CommandLine;

namespace Orchestration.Cli.Commands.Jobs;

/// <summary><c>orchestrate list</c>: jobs, newest first.</summary>
internal static class ListCommand
{
    private const int DefaultLimit = 50;

    public static Command Create()
    {
        var filters = JobFilters.Create();
        var limit = CommonOptions.Limit(DefaultLimit);
        var json = CommonOptions.JsonLines();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("list", "List jobs, newest first.") { limit, json, url, key };
        Array.ForEach(filters, command.Options.Add);
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var query = JobFilters.ToQuery(filters, parsed);
            await JobPages.PrintAsync(
                (count, cursor) => client.ListAsync(count, query, cursor, cancellationToken), parsed.GetValue(limit), parsed.GetValue(json));
            return ExitCode.Completed;
        });
        return command;
    }
}
