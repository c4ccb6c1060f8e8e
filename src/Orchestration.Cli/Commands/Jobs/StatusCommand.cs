using System.CommandLine;
using Orchestration.Cli.Output;

namespace Orchestration.Cli.Commands.Jobs;

/// <summary><c>orchestrate status JOB</c>: where a job stands.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var jobId = CommonOptions.JobId();
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("status", "Show where a job stands.") { jobId, json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var job = await client.GetJobAsync(parsed.GetRequiredValue(jobId), cancellationToken);
            Answer.Write(job, parsed.GetValue(json), Summary.Print);

            return ExitCode.Completed;
        });
        return command;
    }
}
