using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Steering;

/// <summary>Jobs that wait for their turn.</summary>
public class QueueTests
{
    private const int Limit = 2;

    [Fact]
    public async Task No_more_jobs_run_than_may_and_the_urgent_ones_run_first()
    {
        await using var azurite = await Azurite.StartAsync();
        await using var service = await ServiceProcess.StartAsync(azurite, ("Jobs__MaximumConcurrent", $"{Limit}"));
        for (var blocker = 0; blocker < Limit; blocker++)
        {
            await SubmitAsync(service, $"queue-blocker-{blocker}", priority: 5, milliseconds: 5000);
        }

        await WaitForAsync(service, queue => queue.RunningCount == Limit);
        int[] priorities = [1, 10, 3, 7, 5, 9];
        foreach (var priority in priorities)
        {
            await SubmitAsync(service, $"queue-waiting-{priority}", priority, milliseconds: 100);
        }

        var waiting = await WaitForAsync(service, queue => queue.WaitingCount == priorities.Length);
        var job = await service.Http.GetFromJsonAsync<JobView>("jobs/queue-waiting-1", ProtocolJson.Options);
        await WaitForAsync(service, queue => queue is { RunningCount: 0, WaitingCount: 0 });
        var trails = new List<(string JobId, DateTimeOffset Began, DateTimeOffset Ended)>();
        foreach (var jobId in priorities.Select(priority => $"queue-waiting-{priority}").Concat(["queue-blocker-0", "queue-blocker-1"]))
        {
            trails.Add(await ReadTrailAsync(service, jobId));
        }

        Assert.Equal(priorities.OrderDescending(), waiting.Waiting.Select(entry => entry.Priority!.Value));
        Assert.Equal(WaitReasons.ConcurrencyLimit, job!.Waiting?.Reason);
        Assert.All(trails, trail => Assert.InRange(trails.Count(other => other.Began <= trail.Began && other.Ended > trail.Began), 1, Limit));
        var first = trails.Where(trail => trail.JobId.StartsWith("queue-waiting", StringComparison.Ordinal)).OrderBy(trail => trail.Began).Take(Limit);
        Assert.Equal(["queue-waiting-10", "queue-waiting-9"], first.Select(trail => trail.JobId).Order(StringComparer.Ordinal));
    }

    /// <summary>From the beginning of its step to its end.</summary>
    private static async Task<(string JobId, DateTimeOffset Began, DateTimeOffset Ended)> ReadTrailAsync(ServiceProcess service, string jobId)
    {
        var job = (await service.Http.GetFromJsonAsync<JobView>($"jobs/{jobId}", ProtocolJson.Options))!;
        return (jobId, At(JobState.Running), At(JobState.Progressing));

        DateTimeOffset At(JobState state) => job.AuditTrail.First(change => change.State == state).At;
    }

    private static async Task SubmitAsync(ServiceProcess service, string jobId, int priority, int milliseconds)
    {
        var document = Jobs.Echo(jobId, new JsonObject { ["delay_ms"] = milliseconds });
        document["execution"] = new JsonObject { ["priority"] = priority };
        using var content = new StringContent(document.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync("jobs", content);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<JobQueue> WaitForAsync(ServiceProcess service, Func<JobQueue, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var queue = (await service.Http.GetFromJsonAsync<JobQueue>("queue", ProtocolJson.Options, timeout.Token))!;
            if (condition(queue))
            {
                return queue;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }
}
