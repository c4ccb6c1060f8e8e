using System.CommandLine;
using System.Text.Json;
using Orchestration.Cli.Output;
using Orchestration.Protocol;

namespace Orchestration.Cli.Commands;

/// <summary><c>orchestrate result JOB</c>: what came of a job.</summary>
internal static class ResultCommand
{
    public static Command Create()
    {
        var jobId = CommonOptions.JobId();
        var json = CommonOptions.Json();
        var output = new Option<DirectoryInfo?>("--output") { Description = "Folder to save the result files in." };
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("result", "Show what came of a job; save its files with --output.") { jobId, json, output, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var result = await client.GetResultAsync(parsed.GetRequiredValue(jobId), cancellationToken);
            var files = parsed.GetValue(output) is { } folder
                ? await ResultFiles.SaveAsync(client, result, folder, cancellationToken)
                : [];
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(result, ProtocolJson.Indented));
            }
            else
            {
                Summary.Print(result, files);
            }

            return result.Error is null ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;
    }
}
