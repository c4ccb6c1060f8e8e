using System.CommandLine;
using Orchestration.Cli.Output;

namespace Orchestration.Cli.Commands;

/// <summary><c>orchestrate submit FILE</c>: submits a job document.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The job document; - for standard input." };
        var wait = new Option<bool>("--wait") { Description = "Follow the job to its end; the exit code tells how it went." };
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("submit", "Submit a job document and print the job's id.") { file, wait, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var jobId = await client.SubmitAsync(await ReadAsync(parsed.GetRequiredValue(file), cancellationToken), cancellationToken);
            Console.WriteLine(jobId);
            if (!parsed.GetValue(wait))
            {
                return ExitCode.Completed;
            }

            var job = await ProgressView.WatchJobAsync(client, jobId, cancellationToken);
            return job.Error is null ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (file != "-")
            {
                return await File.ReadAllBytesAsync(file, cancellationToken);
            }

            using var content = new MemoryStream();
            await using var input = Console.OpenStandardInput();
            await input.CopyToAsync(content, cancellationToken);
            return content.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Refused, exception.Message, exception);
        }
    }
}
