using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;

namespace Orchestration.EndToEnd.Tests.Steering;

/// <summary>Jobs that are removed on request.</summary>
[Collection(RunningService.Collection)]
public class PurgeTests(RunningService service)
{
    [Fact]
    public async Task Ended_jobs_are_removed_those_at_work_stay_and_a_dry_run_only_tells()
    {
        await service.RunAsync(InNamespace("purge-done-01", data: null));
        await service.RunAsync(InNamespace("purge-fail-01", new JsonObject { ["fail"] = true }));

        // It waits, a minute long, for one that never comes.
        var waiting = InNamespace("purge-work-01", data: null);
        waiting["execution"] = new JsonObject { ["depends_on"] = new JsonArray("purge-never-01") };
        using (var submitted = await service.SubmitAsync(waiting))
        {
            submitted.EnsureSuccessStatusCode();
        }

        var dry = await PurgeAsync("namespace=purge&dry_run=true");
        Assert.Equal((true, 2), (dry.DryRun, dry.Purged));
        Assert.NotNull(await service.FindJobAsync("purge-done-01"));

        var failed = await PurgeAsync("namespace=purge&state=failed&results=true");
        Assert.Equal(["purge-fail-01"], failed.Jobs);
        Assert.Null(await service.FindJobAsync("purge-fail-01"));

        var rest = await PurgeAsync("namespace=purge");
        Assert.Equal(["purge-done-01"], rest.Jobs);
        using var history = await service.Http.GetAsync("runtime/webhooks/durabletask/instances/purge-done-01");
        Assert.Equal(HttpStatusCode.NotFound, history.StatusCode);
        Assert.Equal("completed", (await service.FindJobAsync("purge-done-01"))?.Status);
        var listed = await service.Http.GetFromJsonAsync<JobList>("jobs?namespace=purge", ProtocolJson.Options);
        Assert.Equal(["purge-work-01"], listed!.Jobs.Select(job => job.JobId));

        // The id is free again.
        Assert.Equal("completed", (await service.RunAsync(InNamespace("purge-done-01", data: null))).Status);
        Assert.Equal(2, (await service.Http.GetFromJsonAsync<JobList>("jobs?namespace=purge", ProtocolJson.Options))!.Jobs.Count);
        using var cancelled = await service.Http.DeleteAsync("jobs/purge-work-01");
        await service.WaitForResultAsync("purge-work-01");
    }

    [Theory]
    [InlineData("")]
    [InlineData("dry_run=true")]
    [InlineData("state=failed&dry_run=yes")]
    [InlineData("state=nothing")]
    [InlineData("ended_before=yesterday-ish")]
    [InlineData("state=failed&dryrun=true")]
    [InlineData("state=failed&endedbefore=2026-01-01")]
    public async Task A_request_that_does_not_say_clearly_what_to_remove_removes_nothing(string query)
    {
        using var response = await service.Http.PostAsync($"./jobs:purge?{query}", null);

        var problem = await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        Assert.Equal((HttpStatusCode.BadRequest, ErrorCodes.InvalidField), (response.StatusCode, problem!.Code));
    }

    [Fact]
    public async Task The_command_removes_jobs_by_their_age()
    {
        await service.RunAsync(InNamespace("purge-command-1", data: null));

        var young = await service.CommandAsync("purge", "--text", "purge-command-1", "--older-than", "1");
        var dry = await service.CommandAsync("purge", "--text", "purge-command-1", "--dry-run", "--json");
        var done = await service.CommandAsync("purge", "--text", "purge-command-1", "--older-than", "0", "--results");
        var all = await service.CommandAsync("purge");

        Assert.Equal((0, ""), (young.ExitCode, young.Output));
        Assert.Equal("""{"job_id":"purge-command-1","dry_run":true}""", dry.Output.Trim());
        Assert.Equal((0, "purge-command-1"), (done.ExitCode, done.Output.Trim()));
        Assert.Equal(2, all.ExitCode);
        Assert.Null(await service.FindJobAsync("purge-command-1"));
    }

    private static JsonObject InNamespace(string jobId, JsonNode? data)
    {
        var document = Jobs.Echo(jobId, data);
        document["metadata"] = new JsonObject { ["namespace"] = "purge" };
        return document;
    }

    private async Task<PurgeReport> PurgeAsync(string query)
    {
        using var response = await service.Http.PostAsync($"./jobs:purge?{query}", null);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<PurgeReport>(ProtocolJson.Options))!;
    }
}
