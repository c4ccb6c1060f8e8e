using System.CommandLine;
using Orchestration.Cli.Output;

namespace Orchestration.Cli.Commands.Jobs;

/// <summary><c>orchestrate cancel|pause|resume JOB</c>: asks something of a job at work.</summary>
internal static class ControlCommands
{
    public static Command CreateCancel()
    {
        var reason = new Option<string?>("--reason") { Description = "Why; the job's result says so." };
        var command = Create("cancel", "Ask a job to end as cancelled.", parsed => new { By = Environment.UserName, Reason = parsed.GetValue(reason) });
        command.Options.Add(reason);
        return command;
    }

    public static Command CreatePause() => Create("pause", "Ask a job to wait before its next stage.", _ => new { });

    public static Command CreateResume() => Create("resume", "Let a paused job go on.", _ => new { });

    private static Command Create(string name, string description, Func<ParseResult, object> body)
    {
        var jobId = CommonOptions.JobId();
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command(name, description) { jobId, json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            Answer.Write(await client.CommandAsync(parsed.GetRequiredValue(jobId), name, body(parsed), cancellationToken), parsed.GetValue(json), Summary.Print);
            return ExitCode.Completed;
        });
        return command;
    }
}
