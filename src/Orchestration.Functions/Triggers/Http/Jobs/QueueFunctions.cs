using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Access;
using Orchestration.Functions.Orchestrators.Waits;
using Orchestration.Functions.Turns;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>Shows who runs and who waits, and frees the places of jobs that are gone.</summary>
public sealed partial class QueueFunctions(IOptions<TurnOptions> options, TimeProvider time, ILogger<QueueFunctions> logger)
{
    private const int MostShown = 1000;

    // A job that was just told of its turn may not have begun yet.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>
    /// <c>GET /queue</c>: the jobs at work, and those that wait, the next one first; to a key of one namespace, only how many they are.
    /// </summary>
    [Function("GetQueue")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "queue")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            var queue = (await client.Entities.GetEntityAsync<TurnQueue>(JobGate.Id, cancellationToken))?.State ?? new TurnQueue();
            var shown = Caller.Of(request).Namespace is null ? MostShown : 0;
            return Answers.Json(new JobQueue(
                options.Value.MaximumConcurrent,
                queue.Running.Count,
                queue.Waiting.Count,
                [.. queue.Running.OrderBy(job => job.Value).Take(shown).Select(job => new QueuedJob(job.Key, job.Value, null, JobLinks.PathTo(job.Key)))],
                [.. queue.Waiting.Take(shown).Select(job => new QueuedJob(job.JobId, job.Since, job.Priority, JobLinks.PathTo(job.JobId)))]));
        });

    /// <summary>A job whose orchestration was terminated cannot give its turn back.</summary>
    [Function("RecoverTurns")]
    public async Task RecoverAsync(
        [TimerTrigger("30 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        if ((await client.Entities.GetEntityAsync<TurnQueue>(JobGate.Id, cancellationToken))?.State is not { } queue)
        {
            return;
        }

        var gone = new List<string>();
        foreach (var (jobId, since) in queue.Running.Where(job => job.Value < time.GetUtcNow() - Grace))
        {
            if (await client.GetInstanceAsync(jobId, cancellation: cancellationToken) is null or { IsCompleted: true })
            {
                LogGone(logger, jobId, since);
                gone.Add(jobId);
            }
        }

        if (gone.Count > 0)
        {
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(TurnRecovery), gone.ToArray(), cancellationToken);
        }
    }

    [LoggerMessage(EventId = 32, Level = LogLevel.Warning, Message = "Job {JobId} is gone and has held its turn since {Since}; it is given back.")]
    private static partial void LogGone(ILogger logger, string jobId, DateTimeOffset since);
}
