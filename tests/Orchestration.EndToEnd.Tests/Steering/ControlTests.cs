using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;

namespace Orchestration.EndToEnd.Tests.Steering;

/// <summary>Jobs that are cancelled, paused and resumed.</summary>
[Collection(RunningService.Collection)]
public class ControlTests(RunningService service)
{
    [Fact]
    public async Task A_cancelled_job_stops_its_step_at_once_and_says_by_whom_and_why()
    {
        await StartAsync(Slow("echo-cancel-01"));
        var asked = Stopwatch.GetTimestamp();

        using var answer = await PostAsync("jobs/echo-cancel-01/cancel", """{"by": "operator", "reason": "wrong image"}""");
        var result = await service.WaitForResultAsync("echo-cancel-01");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("cancelled", result.Status);
        Assert.Equal(ErrorCodes.Cancelled, result.Error!.Code);
        Assert.Contains("operator: wrong image", result.Error.Message, StringComparison.Ordinal);
        // The step would take ten seconds.
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await WaitForOrchestrationEndAsync("echo-cancel-01");
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_step_on_another_machine_stops_when_it_sees_the_mark()
    {
        // The mark alone, as a machine writes it that does not run the step.
        await StartAsync(Slow("echo-cancel-02"));
        await service.UploadAsync("state", "cancellations/echo-cancel-02.json", new MemoryStream("{}"u8.ToArray()));

        var result = await service.WaitForResultAsync("echo-cancel-02");

        Assert.Equal("cancelled", result.Status);
        Assert.InRange(result.ExecutionSummary.DurationSeconds, 0, 8);
    }

    [Fact]
    public async Task A_job_that_is_not_cancellable_goes_on()
    {
        var document = Slow("echo-cancel-03", milliseconds: 1500);
        document["execution"] = new JsonObject { ["cancellable"] = false };
        await StartAsync(document);

        using var answer = await service.Http.DeleteAsync("jobs/echo-cancel-03");
        var problem = await answer.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        var result = await service.WaitForResultAsync("echo-cancel-03");

        Assert.Equal((HttpStatusCode.Conflict, ServiceProblem.JobNotCancellable), (answer.StatusCode, problem?.Code));
        Assert.Equal("completed", result.Status);
    }

    [Fact]
    public async Task An_ended_job_and_an_unknown_one_cannot_be_cancelled()
    {
        await service.RunAsync(Jobs.Echo("echo-cancel-04"));

        using var ended = await service.Http.DeleteAsync("jobs/echo-cancel-04");
        using var unknown = await service.Http.DeleteAsync("jobs/no-such-job-9");

        Assert.Equal(HttpStatusCode.Conflict, ended.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_paused_job_waits_before_its_next_stage_until_it_is_resumed()
    {
        // The pause is asked for in the queue of the retry, so that the next attempt is what waits.
        var document = Jobs.Echo("echo-pause-01", new JsonObject { ["fail"] = true });
        document["execution"] = new JsonObject { ["max_attempts"] = 2 };
        await StartAsync(document);
        using var paused = await PostAsync("jobs/echo-pause-01/pause");
        var waiting = await WaitForAsync("echo-pause-01", job => job.Waiting?.Reason == WaitReasons.Paused);

        using var resumed = await PostAsync("jobs/echo-pause-01/resume");
        var result = await service.WaitForResultAsync("echo-pause-01");

        Assert.Equal(HttpStatusCode.Accepted, paused.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, resumed.StatusCode);
        Assert.Equal(JobState.Queued, waiting.State);
        Assert.Equal(2, result.ExecutionSummary.Attempt);
    }

    private static JsonObject Slow(string jobId, int milliseconds = 10_000) =>
        Jobs.Echo(jobId, new JsonObject { ["delay_ms"] = milliseconds });

    /// <summary>Submits a job and waits until it is at work.</summary>
    private async Task StartAsync(JsonObject document)
    {
        using var accepted = await service.SubmitAsync(document);
        accepted.EnsureSuccessStatusCode();
        await WaitForAsync(document["job_id"]!.GetValue<string>(), job => job.State is JobState.Running or JobState.Retrying);
    }

    private async Task<JobView> WaitForAsync(string jobId, Func<JobView, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await service.FindJobAsync(jobId) is { } job && condition(job))
            {
                return job;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }

    /// <summary>An orchestration does not end while an activity of it runs.</summary>
    private async Task WaitForOrchestrationEndAsync(string jobId)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var status = await service.Http.GetFromJsonAsync<JsonElement>($"runtime/webhooks/durabletask/instances/{jobId}", timeout.Token);
            if (status.GetProperty("runtimeStatus").GetString() == "Completed")
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body = "")
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await service.Http.PostAsync(path, content);
    }
}
