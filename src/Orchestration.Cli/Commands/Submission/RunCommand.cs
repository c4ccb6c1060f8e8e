using System.CommandLine;
using System.Text.Json;
using Orchestration.Cli.Output;
using Orchestration.Cli.Service;
using Orchestration.Profiles;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;

namespace Orchestration.Cli.Commands.Submission;

/// <summary><c>orchestrate run IMAGE</c>: the main job, from a local file to a summary.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var image = new Argument<FileInfo>("IMAGE") { Description = "A disk image on this machine." };
        var profiles = new Option<string[]>("--profile")
        {
            Description = "Profile to evaluate; may be given several times.",
            DefaultValueFactory = _ => [.. ProfileCatalog.DefaultNames],
        };
        var reports = new Option<string[]>("--report")
        {
            Description = "Format in which all findings are written as well: html, markdown, sarif, junit, cyclonedx, spdx, json or yaml; may be given several times.",
            DefaultValueFactory = _ => [],
        };
        var isDeep = new Option<bool>("--deep-scan") { Description = "Look through all files for packages of languages too." };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Folder for the result files; each job gets one of its own below it.",
            DefaultValueFactory = _ => new DirectoryInfo("results"),
        };
        var json = CommonOptions.Json();
        var (url, key, storage) = (CommonOptions.Url(), CommonOptions.Key(), CommonOptions.Storage());
        var command = new Command("run", "Upload an image, inspect and profile it, and show what was found.")
        {
            image, profiles, reports, isDeep, output, json, url, key, storage,
        };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(image);
            if (!file.Exists)
            {
                throw new CommandException(ExitCode.Refused, $"There is no file {file.FullName}.");
            }

            var document = JsonSerializer.SerializeToUtf8Bytes(Describe(file, parsed), ProtocolJson.Options);

            // A large image is not uploaded for a job that the service then refuses.
            if (await client.ValidateAsync(document, DocumentFormat.Json, cancellationToken) is { Count: > 0 } violations)
            {
                throw new CommandException(ExitCode.Refused, string.Join('\n', violations.Select(Summary.Describe)));
            }

            await ProgressView.WatchUploadAsync(
                file, progress => ImageUploader.UploadAsync(CommonOptions.StorageOf(parsed, storage), file, progress, cancellationToken));
            var jobId = await client.SubmitAsync(document, DocumentFormat.Json, cancellationToken);
            await ProgressView.WatchJobAsync(client, jobId, cancellationToken);

            var result = await client.GetResultAsync(jobId, cancellationToken);
            var files = await ResultFiles.SaveAsync(client, result, parsed.GetRequiredValue(output), cancellationToken);
            Answer.Write(result, parsed.GetValue(json), found => Summary.Print(found, files));
            return result.Error is null ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;

        JobDocument Describe(FileInfo file, ParseResult parsed) => new JobDocumentBuilder("guestkit.inspect")
            .WithName(file.Name)
            .WithSubmitter(Environment.UserName)
            .WithData(new
            {
                Image = new { Path = ImageUploader.PathOf(file) },
                Options = new { Profiles = parsed.GetValue(profiles), Reports = parsed.GetValue(reports), DeepScan = parsed.GetValue(isDeep) },
            })
            .Build();
    }
}
