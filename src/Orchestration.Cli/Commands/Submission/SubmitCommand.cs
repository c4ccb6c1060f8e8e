using System.CommandLine;
using System.Text.Json;
using Orchestration.Cli.Output;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;

namespace Orchestration.Cli.Commands.Submission;

/// <summary><c>orchestrate submit FILE</c>: submits a job document, or many.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The job document, JSON or YAML; with --batch, a JSON array or JSON lines of them; - for standard input.",
        };
        var wait = new Option<bool>("--wait") { Description = "Follow the job to its end; the exit code tells how it went." };
        var yaml = new Option<bool>("--yaml") { Description = "The document is YAML, whatever it looks like." };
        var batch = new Option<bool>("--batch") { Description = "Submit every document of the file; the exit code is 2 where any was refused." };
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("submit", "Submit a job document and print the job's id.") { file, wait, yaml, batch, json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(file);
            var content = await DocumentFile.ReadAsync(name, cancellationToken);
            if (parsed.GetValue(batch))
            {
                var report = await client.SubmitBatchAsync(content, cancellationToken);
                Answer.Write(report, parsed.GetValue(json), found => Console.WriteLine(Summary.Describe(found)));
                return report.Refused == 0 ? ExitCode.Completed : ExitCode.Refused;
            }

            var format = parsed.GetValue(yaml) ? DocumentFormat.Yaml : DocumentFile.FormatOf(name, content);
            var jobId = await client.SubmitAsync(content, format, cancellationToken);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(new { JobId = jobId }, ProtocolJson.Options) : jobId);
            if (!parsed.GetValue(wait))
            {
                return ExitCode.Completed;
            }

            var job = await ProgressView.WatchJobAsync(client, jobId, cancellationToken);
            return job.Error is null ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;
    }
}
