using System.CommandLine;
using Orchestration.Cli.Output;

namespace Orchestration.Cli.Commands.Jobs;

/// <summary><c>orchestrate watch JOB</c>: follows a job to its end.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var jobId = CommonOptions.JobId();
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("watch", "Follow a job to its end; the exit code tells how it went.") { jobId, json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var job = await ProgressView.WatchJobAsync(client, parsed.GetRequiredValue(jobId), cancellationToken);
            Answer.Write(job, parsed.GetValue(json), Summary.Print);
            return job.Error is null ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;
    }
}
