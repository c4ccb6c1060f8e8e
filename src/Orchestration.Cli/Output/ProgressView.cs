using Orchestration.Cli.Service;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Spectre.Console;

namespace Orchestration.Cli.Output;

/// <summary>Shows how a job gets on: a bar on terminals, a line for every change elsewhere. Writes to standard error.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    public static async Task<string> WatchUploadAsync(FileInfo file, Func<IProgress<long>, Task<string>> upload)
    {
        if (Console.IsErrorRedirected)
        {
            await Console.Error.WriteLineAsync($"upload {file.Name}: {file.Length} bytes");
            return await upload(new Progress<long>());
        }

        return await Terminal.Progress.Progress().AutoClear(true).StartAsync(async context =>
        {
            var bar = context.AddTask($"upload {Markup.Escape(file.Name)}", maxValue: Math.Max(1, file.Length));
            return await upload(new Progress<long>(sent => bar.Value = sent));
        });
    }

    /// <summary>Follows a job until it has ended.</summary>
    public static async Task<JobView> WatchJobAsync(ServiceClient client, string jobId, CancellationToken cancellationToken)
    {
        if (Console.IsErrorRedirected)
        {
            return await FollowAsync(client, jobId, new LineWriter(jobId).Show, cancellationToken);
        }

        return await Terminal.Progress.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(jobId);
                return await FollowAsync(client, jobId, Show, cancellationToken);

                void Show(JobView job)
                {
                    bar.Description = Markup.Escape($"{job.Phase} {job.Message}".TrimEnd());
                    bar.Value = job.Percent;
                }
            });
    }

    private static async Task<JobView> FollowAsync(
        ServiceClient client, string jobId, Action<JobView> show, CancellationToken cancellationToken)
    {
        while (true)
        {
            var job = await client.GetJobAsync(jobId, cancellationToken);
            show(job);
            if (JobStateMachine.IsTerminal(job.State))
            {
                return job;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private sealed class LineWriter(string jobId)
    {
        private string? _last;

        public void Show(JobView job)
        {
            var line = $"{jobId}: {job.Percent,3}% {job.Status} {job.Phase} {job.Message}".TrimEnd();
            if (line != _last)
            {
                Console.Error.WriteLine(line);
                _last = line;
            }
        }
    }
}
