using Orchestration.Cli.Service;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Spectre.Console;

namespace Orchestration.Cli.Output;

/// <summary>Shows how a job gets on: a bar on terminals, a line for every change elsewhere. Writes to standard error.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PercentInterval = TimeSpan.FromMilliseconds(500);

    public static async Task WatchUploadAsync(FileInfo file, Func<IProgress<long>, Task> upload)
    {
        if (Console.IsErrorRedirected)
        {
            await Console.Error.WriteLineAsync($"upload {file.Name}: {file.Length} bytes");
            await upload(new Progress<long>());
            return;
        }

        await Terminal.Progress.Progress().AutoClear(true).StartAsync(async context =>
        {
            var bar = context.AddTask($"upload {Markup.Escape(file.Name)}", maxValue: Math.Max(1, file.Length));
            await upload(new Progress<long>(sent => bar.Value = sent));
        });
    }

    /// <summary>Follows a job until it has ended. Whoever interrupts is told that the job goes on.</summary>
    public static async Task<JobView> WatchJobAsync(ServiceClient client, string jobId, CancellationToken cancellationToken)
    {
        try
        {
            return await WatchAsync(client, jobId, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"The job goes on: orchestrate watch {jobId}, or orchestrate cancel {jobId}.");
            throw;
        }
    }

    private static async Task<JobView> WatchAsync(ServiceClient client, string jobId, CancellationToken cancellationToken)
    {
        if (Console.IsErrorRedirected)
        {
            return await FollowAsync(client, jobId, WriteLine, cancellationToken);
        }

        return await Terminal.Progress.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(jobId);
                using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var percent = AskPercentAsync(client, jobId, value => bar.Value = value, watching.Token);
                try
                {
                    return await FollowAsync(client, jobId, Show, cancellationToken);
                }
                finally
                {
                    await watching.CancelAsync();
                    await percent;
                }

                void Show(ProgressEvent happened) => bar.Description = Markup.Escape($"{happened.Phase} {happened.Message}");
            });
    }

    /// <summary>Asks how far the job is: events of steps that run side by side say only how far it was when they were begun.</summary>
    private static async Task AskPercentAsync(ServiceClient client, string jobId, Action<int> show, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                show((await client.GetJobAsync(jobId, cancellationToken)).Percent);
                await Task.Delay(PercentInterval, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or CommandException)
        {
            // Whoever follows the events tells what is wrong.
        }
    }

    private static async Task<JobView> FollowAsync(
        ServiceClient client, string jobId, Action<ProgressEvent> show, CancellationToken cancellationToken)
    {
        await foreach (var happened in client.FollowEventsAsync(jobId, since: 0, cancellationToken))
        {
            show(happened);
        }

        // The last event comes with the result, a moment before the orchestration says that it has ended.
        while (true)
        {
            var job = await client.GetJobAsync(jobId, cancellationToken);
            if (JobStateMachine.IsTerminal(job.State))
            {
                return job;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static void WriteLine(ProgressEvent happened) => Console.Error.WriteLine(
        $"{happened.JobId}: {(happened.ProgressPercent is { } percent ? $"{percent,3}% " : "     ")}{happened.Phase} {happened.Message}");
}
