using System.CommandLine;
using Orchestration.Cli.Folders;

namespace Orchestration.Cli.Commands.Submission;

/// <summary><c>orchestrate watch-folder</c>: runs the documents that are dropped into a folder.</summary>
internal static class FolderCommand
{
    private const int DefaultConcurrency = 4;

    public static Command Create()
    {
        var jobs = new Option<string>("--jobs-dir", "-j")
        {
            Description = "Folder where job documents (.json, .yaml; .ndjson for one a line) arrive. Environment: GUESTKIT_JOBS_DIR.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("GUESTKIT_JOBS_DIR") ?? "./jobs",
        };
        var results = new Option<string>("--results-dir", "-r")
        {
            Description = "Folder for results: JOB-result.json, and a job's files in a folder of its own. Environment: GUESTKIT_RESULTS_DIR.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("GUESTKIT_RESULTS_DIR") ?? "./results",
        };
        var workerId = new Option<string>("--worker-id", "-w")
        {
            Description = "Name of this worker; another one on the same folder needs another. Environment: GUESTKIT_WORKER_ID.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("GUESTKIT_WORKER_ID") ?? Environment.MachineName,
        };
        var concurrent = new Option<int>("--max-concurrent", "-m") { Description = "Documents at work at once.", DefaultValueFactory = _ => DefaultConcurrency };
        var interval = new Option<double>("--poll-interval") { Description = "Seconds between two looks into the folder.", DefaultValueFactory = _ => 1 };
        var level = new Option<FolderLogLevel>("--log-level")
        {
            Description = "What to tell: error, warn, info or debug. Environment: GUESTKIT_LOG_LEVEL, else RUST_LOG.",
            DefaultValueFactory = _ => LevelOfEnvironment(),
        };
        var once = new Option<bool>("--once") { Description = "Run what is there, then end; the exit code tells whether any job failed." };
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        concurrent.RequireRange(1, 1000);
        interval.RequireRange(0.05, 3600);
        var command = new Command("watch-folder", "Run the job documents that are dropped into a folder, until interrupted.")
        {
            jobs, results, workerId, concurrent, interval, level, once, url, key,
        };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var options = new FolderWorkerOptions(parsed.GetValue(concurrent), TimeSpan.FromSeconds(parsed.GetValue(interval)), parsed.GetValue(once));
            var log = new FolderLog(parsed.GetValue(level));
            using var folder = new JobFolder(parsed.GetRequiredValue(jobs), parsed.GetRequiredValue(workerId));
            var runner = new DocumentRunner(client, Directory.CreateDirectory(parsed.GetRequiredValue(results)), options.PollInterval, log);
            using var worker = new FolderWorker(runner, folder, options, log);
            if (!options.Once)
            {
                log.Write(FolderLogLevel.Info, $"watching {parsed.GetRequiredValue(jobs)}; results go to {parsed.GetRequiredValue(results)}");
            }

            try
            {
                return await worker.RunAsync(cancellationToken) == 0 ? ExitCode.Completed : ExitCode.JobFailed;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCode.Completed;
            }
        });
        return command;
    }

    /// <summary>Of a list for several parts of a program (<c>info,guestkit=debug</c>), the level that names none.</summary>
    private static FolderLogLevel LevelOfEnvironment() =>
        FolderLog.Parse(Environment.GetEnvironmentVariable("GUESTKIT_LOG_LEVEL"))
        ?? (Environment.GetEnvironmentVariable("RUST_LOG") ?? "").Split(',').Select(FolderLog.Parse).FirstOrDefault(found => found is not null)
        ?? FolderLogLevel.Info;
}
