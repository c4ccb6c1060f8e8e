using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.States;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Submission;

[Collection(RunningService.Collection)]
public class JobPathTests(RunningService service)
{
    [Fact]
    public async Task Health_tells_that_storage_is_reachable()
    {
        var health = await service.Http.GetFromJsonAsync<JsonElement>("health");

        Assert.Equal("healthy", health.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_submission_is_accepted_with_the_places_to_look()
    {
        using var response = await service.SubmitAsync(Jobs.Echo("echo-accepted-1"));
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/jobs/echo-accepted-1", response.Headers.Location?.ToString());
        Assert.Equal("/jobs/echo-accepted-1/result", body.GetProperty("links").GetProperty("result").GetString());
        var statusQuery = body.GetProperty("orchestration").GetProperty("statusQueryGetUri").GetString();
        using var status = await service.Http.GetAsync(statusQuery);
        Assert.True(status.IsSuccessStatusCode);
        await service.WaitForResultAsync("echo-accepted-1");
    }

    [Theory]
    [InlineData("echo.json", "completed")]
    [InlineData("inspect-sample.json", "completed")]
    [InlineData("profile-sample.json", "failed")]
    public async Task The_sample_documents_run_as_they_are(string file, string status)
    {
        var document = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "samples", "jobs", file)))!;

        var result = await service.RunAsync(document);

        // The profile asks to fail on critical findings, and the sample image has one.
        Assert.Equal(status, result.Status);
        Assert.Equal(status == "failed" ? ErrorCodes.PolicyFailed : null, result.Error?.Code);
    }

    [Fact]
    public async Task An_echo_comes_back_in_the_result()
    {
        var result = await service.RunAsync(Jobs.Echo("echo-result-01", new JsonObject { ["message"] = "päng", ["number"] = 7 }));

        Assert.Equal("completed", result.Status);
        Assert.Equal("""{"message":"päng","number":7}""", result.Data!.Value.GetProperty("echo").GetRawText().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
        Assert.Null(result.Error);
    }

    [Fact]
    public async Task A_job_shows_its_document_and_its_way_through_the_states()
    {
        var document = Jobs.Echo("echo-states-01");
        document["x_kept"] = new JsonObject { ["deep"] = true };
        await service.RunAsync(document);

        var job = await service.FindJobAsync("echo-states-01");

        Assert.Equal(
            [JobState.Created, JobState.Validated, JobState.Queued, JobState.Assigned, JobState.Running, JobState.Progressing, JobState.Completed],
            job!.AuditTrail.Select(change => change.State));
        Assert.Equal(100, job.Percent);
        Assert.True(job.Job!.UnknownMembers!["x_kept"].GetProperty("deep").GetBoolean());
    }

    [Fact]
    public async Task A_failing_step_is_retried_as_often_as_the_document_says()
    {
        var document = Jobs.Echo("echo-failing-01", new JsonObject { ["fail"] = true });
        document["execution"] = new JsonObject { ["max_attempts"] = 2 };

        var result = await service.RunAsync(document);

        Assert.Equal("failed", result.Status);
        Assert.Equal(ErrorCodes.ExecutionError, result.Error!.Code);
        Assert.Equal(2, result.ExecutionSummary.Attempt);
        var job = await service.FindJobAsync("echo-failing-01");
        Assert.Contains(JobState.Retrying, job!.AuditTrail.Select(change => change.State));
    }

    [Fact]
    public async Task A_job_that_takes_too_long_ends_as_timed_out()
    {
        var document = Jobs.Echo("echo-timeout-01", new JsonObject { ["delay_ms"] = 10_000 });
        document["execution"] = new JsonObject { ["timeout_seconds"] = 1 };

        var result = await service.RunAsync(document);

        Assert.Equal("timeout", result.Status);
        Assert.Equal(ErrorCodes.Timeout, result.Error!.Code);
        Assert.InRange(result.ExecutionSummary.DurationSeconds, 1, 5);
    }

    [Fact]
    public async Task A_job_that_was_claimed_and_never_started_is_started_by_the_same_document()
    {
        // What a process leaves that dies between the claim and the start.
        var document = Jobs.Echo("echo-claimed-01");
        var claim = new JsonObject { ["document"] = document.DeepClone(), ["submitted_at"] = DateTimeOffset.UtcNow.AddMinutes(-1) };
        await service.UploadAsync("state", "claims/echo-claimed-01.json", new MemoryStream(Encoding.UTF8.GetBytes(claim.ToJsonString())));

        using var other = await service.SubmitAsync(Jobs.Echo("echo-claimed-01", new JsonObject { ["message"] = "another" }));
        var result = await service.RunAsync(document);

        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Equal("completed", result.Status);
    }

    [Fact]
    public async Task A_result_is_not_given_before_there_is_one()
    {
        using var accepted = await service.SubmitAsync(Jobs.Echo("echo-pending-1", new JsonObject { ["delay_ms"] = 1000 }));
        using var early = await service.Http.GetAsync("jobs/echo-pending-1/result");
        using var unknown = await service.Http.GetAsync("jobs/no-such-job-1/result");

        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        await service.WaitForResultAsync("echo-pending-1");
    }
}
