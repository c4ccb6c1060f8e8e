using System.CommandLine;
using Orchestration.Cli.Output;
using Orchestration.Protocol.Hyper2Kvm;

namespace Orchestration.Cli.Commands.Jobs;

/// <summary><c>orchestrate result JOB</c>: what came of a job.</summary>
internal static class ResultCommand
{
    public static Command Create()
    {
        var jobId = CommonOptions.JobId();
        var json = CommonOptions.Json();
        var shape = new Option<string?>("--shape") { Description = "Print the result as JSON in the shape of this family of documents." };
        shape.AcceptOnlyFromAmong(Hyper2KvmDocument.MemberName);
        var output = new Option<DirectoryInfo?>("--output") { Description = "Folder to save the result files in." };
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("result", "Show what came of a job; save its files with --output.") { jobId, json, shape, output, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var result = await client.GetResultAsync(parsed.GetRequiredValue(jobId), cancellationToken);
            var files = parsed.GetValue(output) is { } folder
                ? await ResultFiles.SaveAsync(client, result, folder, cancellationToken)
                : [];
            if (parsed.GetValue(shape) is not null)
            {
                Answer.WriteJson(await client.GetHyper2KvmResultAsync(result.JobId, cancellationToken));
            }
            else
            {
                Answer.Write(result, parsed.GetValue(json), found => Summary.Print(found, files));
            }

            return result.Error is null ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;
    }
}
