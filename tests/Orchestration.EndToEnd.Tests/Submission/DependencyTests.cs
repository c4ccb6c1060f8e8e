using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;

namespace Orchestration.EndToEnd.Tests.Submission;

/// <summary>Jobs that depend on jobs.</summary>
[Collection(RunningService.Collection)]
public class DependencyTests(RunningService service)
{
    [Fact]
    public async Task A_job_runs_after_the_jobs_that_it_depends_on()
    {
        await SubmitAsync("depends-first-1", new JsonObject { ["delay_ms"] = 1500 });
        await SubmitAsync("depends-second-1", data: null, "depends-first-1");

        var second = await service.WaitForResultAsync("depends-second-1");
        var first = await service.FindJobAsync("depends-first-1");
        var job = await service.FindJobAsync("depends-second-1");

        Assert.Equal("completed", second.Status);
        Assert.InRange(At(job!, JobState.Running), At(first!, JobState.Progressing), DateTimeOffset.MaxValue);
    }

    [Theory]
    [InlineData("fail", "failed", ErrorCodes.DependencyFailed)]
    [InlineData("cancel", "cancelled", ErrorCodes.Cancelled)]
    [InlineData("run", "completed", null)]
    public async Task A_document_says_what_becomes_of_the_job_when_another_fails(string policy, string status, string? code)
    {
        await SubmitAsync($"depends-failed-{policy}", new JsonObject { ["fail"] = true });
        await SubmitAsync($"depends-policy-{policy}", data: null, [$"depends-failed-{policy}"], policy);

        var result = await service.WaitForResultAsync($"depends-policy-{policy}");

        Assert.Equal((status, code), (result.Status, result.Error?.Code));
    }

    [Fact]
    public async Task Jobs_that_depend_on_one_another_in_a_circle_fail()
    {
        await SubmitAsync("depends-circle-1", data: null, "depends-circle-2");
        await SubmitAsync("depends-circle-2", data: null, "depends-circle-1");

        var results = new[] { await service.WaitForResultAsync("depends-circle-1"), await service.WaitForResultAsync("depends-circle-2") };

        Assert.Contains(ErrorCodes.InvalidField, results.Select(result => result.Error?.Code));
        Assert.All(results, result => Assert.Equal("failed", result.Status));
    }

    private static DateTimeOffset At(JobView job, JobState state) => job.AuditTrail.First(change => change.State == state).At;

    private Task SubmitAsync(string jobId, JsonNode? data, params string[] dependsOn) => SubmitAsync(jobId, data, dependsOn, policy: null);

    private async Task SubmitAsync(string jobId, JsonNode? data, string[] dependsOn, string? policy)
    {
        var document = Jobs.Echo(jobId, data);
        document["execution"] = new JsonObject
        {
            ["depends_on"] = new JsonArray([.. dependsOn.Select(job => JsonValue.Create(job))]),
            ["on_dependency_failure"] = policy,
        };
        using var response = await service.SubmitAsync(document);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
