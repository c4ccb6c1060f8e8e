using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;

namespace Orchestration.EndToEnd.Tests.Steering;

/// <summary>Jobs that want another worker than the one that runs them here.</summary>
[Collection(RunningService.Collection)]
public class WorkerTests(RunningService service)
{
    [Fact]
    public async Task A_job_waits_beyond_its_timeout_for_a_worker_that_is_away_and_has_none_when_that_is_forgotten()
    {
        var away = service.Azurite.Client.GetBlobContainerClient("state").GetBlobClient("workers/away.json");
        var worker = await service.Http.GetFromJsonAsync<JsonObject>("capabilities");
        worker!["worker_id"] = "worker-away";
        await away.UploadAsync(BinaryData.FromString(worker.ToJsonString()));
        var document = Jobs.Echo("worker-away-01");
        document["routing"] = new JsonObject { ["worker_id"] = "worker-away" };
        document["execution"] = new JsonObject { ["timeout_seconds"] = 5 };

        try
        {
            using var accepted = await service.SubmitAsync(document);
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
            var waiting = await WaitForWaitAsync("worker-away-01", DateTimeOffset.UtcNow + TimeSpan.FromSeconds(6));
            Assert.Equal(JobState.Running, waiting.State);
        }
        finally
        {
            await away.DeleteAsync();
        }

        var result = await service.WaitForResultAsync("worker-away-01");
        Assert.Equal(("failed", ErrorCodes.NoMatchingWorker), (result.Status, result.Error?.Code));
    }

    /// <summary>The job as it is when it is seen to wait for a worker at that time or later.</summary>
    private async Task<JobView> WaitForWaitAsync(string jobId, DateTimeOffset notBefore)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (DateTimeOffset.UtcNow >= notBefore && await service.FindJobAsync(jobId) is { Waiting.Reason: WaitReasons.Worker } job)
            {
                return job;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
        }
    }
}
