using System.CommandLine;
using System.Text.Json;
using Orchestration.Protocol;
using Orchestration.Protocol.Progress;

namespace Orchestration.Cli.Commands.Jobs;

/// <summary><c>orchestrate events JOB</c>: what happened to a job.</summary>
internal static class EventsCommand
{
    public static Command Create()
    {
        var jobId = CommonOptions.JobId();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what happens until the job has ended." };
        var since = new Option<long>("--since") { Description = "Sequence number of the first event to show." };
        var json = CommonOptions.JsonLines();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("events", "Show what happened to a job.") { jobId, follow, since, json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var asJson = parsed.GetValue(json);
            var (job, first) = (parsed.GetRequiredValue(jobId), parsed.GetValue(since));
            if (!parsed.GetValue(follow))
            {
                foreach (var happened in await client.GetEventsAsync(job, first, cancellationToken))
                {
                    Show(happened, asJson);
                }

                return ExitCode.Completed;
            }

            await foreach (var happened in client.FollowEventsAsync(job, first, cancellationToken))
            {
                Show(happened, asJson);
            }

            return ExitCode.Completed;
        });
        return command;
    }

    private static void Show(ProgressEvent happened, bool asJson) => Console.WriteLine(asJson
        ? JsonSerializer.Serialize(happened, ProtocolJson.Options)
        : $"{happened.Sequence,4} {happened.Timestamp:HH:mm:ss.fff} {happened.Phase}: {happened.Message}");
}
