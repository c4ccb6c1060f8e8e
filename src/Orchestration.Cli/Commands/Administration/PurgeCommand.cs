using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestration.Cli.Commands.Jobs;
using Orchestration.Protocol;

namespace Orchestration.Cli.Commands.Administration;

/// <summary><c>orchestrate purge</c>: removes ended jobs.</summary>
internal static class PurgeCommand
{
    public static Command Create()
    {
        var filters = JobFilters.Create();
        var endedBefore = new Option<string?>("--ended-before") { Description = "Ended before this moment." };
        var olderThan = new Option<double?>("--older-than") { Description = "Ended so many days ago, or longer." };
        var results = new Option<bool>("--results") { Description = "Remove results and their files too; else they stay." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be removed." };
        var json = CommonOptions.JsonLines();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("purge", "Remove ended jobs that the options name, of which one at least must be given; jobs at work stay.")
        {
            endedBefore, olderThan, results, dryRun, json, url, key,
        };
        Array.ForEach(filters, command.Options.Add);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(endedBefore) is not null && parsed.GetValue(olderThan) is not null)
            {
                parsed.AddError("Expected --ended-before or --older-than, found both.");
            }
        });
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var moment = parsed.GetValue(olderThan) is { } days
                ? DateTimeOffset.UtcNow.AddDays(-days).ToString("O", CultureInfo.InvariantCulture)
                : parsed.GetValue(endedBefore);
            var query = JobFilters.ToQuery(filters, parsed)
                + (moment is null ? "" : $"&ended_before={Uri.EscapeDataString(moment)}")
                + (parsed.GetValue(results) ? "&results=true" : "")
                + (parsed.GetValue(dryRun) ? "&dry_run=true" : "");
            var count = 0;
            string? cursor = null;
            do
            {
                var report = await client.PurgeAsync(query, cursor, cancellationToken);
                foreach (var job in report.Jobs)
                {
                    Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(new { job_id = job, dry_run = report.DryRun }, ProtocolJson.Options) : job);
                }

                count += report.Purged;
                cursor = report.Next;
            }
            while (cursor is not null);

            await Console.Error.WriteLineAsync($"{count} {(count == 1 ? "job" : "jobs")} {(parsed.GetValue(dryRun) ? "would be removed" : "removed")}");
            return ExitCode.Completed;
        });
        return command;
    }
}
