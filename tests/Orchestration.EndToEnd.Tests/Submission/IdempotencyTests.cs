using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Submission;

[Collection(RunningService.Collection)]
public class IdempotencyTests(RunningService service)
{
    private const int Submissions = 50;

    [Fact]
    public async Task Fifty_submissions_with_one_key_at_once_run_one_job()
    {
        var answers = await SubmitManyAsync(service.Http, "once-", "fifty-at-once");

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Accepted or HttpStatusCode.OK));
        var jobId = Assert.Single(answers.Select(answer => answer.JobId).Distinct());
        Assert.Equal(Submissions - 1, answers.Count(answer => answer.Deduplicated));
        Assert.Equal("completed", (await service.WaitForResultAsync(jobId)).Status);
        Assert.Equal(1, await CountInstancesAsync(service.Http, "once-"));
    }

    [Fact]
    public async Task Killed_among_fifty_submissions_with_one_key_the_service_still_runs_one_job()
    {
        await using var azurite = await Azurite.StartAsync();
        await using var killed = await ServiceProcess.StartAsync(azurite);
        var interrupted = SubmitManyAsync(killed.Http, "kill-", "fifty-and-a-kill");
        await Task.Delay(TimeSpan.FromMilliseconds(150));
        await killed.KillAsync();
        await Record.ExceptionAsync(() => interrupted);
        await killed.StartAsync();

        var answers = await SubmitManyAsync(killed.Http, "kill-", "fifty-and-a-kill");

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Accepted or HttpStatusCode.OK, answer.Status.ToString()));
        Assert.Single(answers.Select(answer => answer.JobId).Distinct());
        Assert.Equal(1, await CountInstancesAsync(killed.Http, "kill-"));
    }

    [Fact]
    public async Task A_completed_job_is_answered_with_its_result()
    {
        await service.RunAsync(Keyed("key-done-first", "key-done"));

        using var response = await service.SubmitAsync(Keyed("key-done-second", "key-done"));
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(answer.GetProperty("deduplicated").GetBoolean());
        Assert.Equal("key-done-first", answer.GetProperty("job_id").GetString());
        Assert.Equal("completed", answer.GetProperty("result").GetProperty("status").GetString());
        using var second = await service.Http.GetAsync("jobs/key-done-second");
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
    }

    [Fact]
    public async Task A_key_that_stands_for_another_payload_is_a_conflict()
    {
        await service.RunAsync(Keyed("key-other-first", "key-other"));

        using var response = await service.SubmitAsync(Keyed("key-other-second", "key-other", new JsonObject { ["message"] = "another" }));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains(ErrorCodes.IdempotencyConflict, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_order_of_members_does_not_make_another_payload()
    {
        await service.RunAsync(Keyed("key-order-first", "key-order", new JsonObject { ["a"] = 1, ["b"] = 2 }));

        using var response = await service.SubmitAsync(Keyed("key-order-second", "key-order", new JsonObject { ["b"] = 2, ["a"] = 1 }));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Namespaces_do_not_share_keys()
    {
        var other = Keyed("key-space-other", "key-space");
        other["metadata"] = new JsonObject { ["namespace"] = "lab" };

        await service.RunAsync(Keyed("key-space-first", "key-space"));

        Assert.Equal("completed", (await service.RunAsync(other)).Status);
    }

    [Fact]
    public async Task The_key_of_a_failed_job_may_be_used_again()
    {
        var failing = new JsonObject { ["fail"] = true };
        Assert.Equal("failed", (await service.RunAsync(Keyed("key-fail-first", "key-fail", failing.DeepClone()))).Status);

        Assert.Equal("failed", (await service.RunAsync(Keyed("key-fail-second", "key-fail", failing))).Status);
    }

    [Fact]
    public async Task The_same_document_with_a_key_may_be_brought_again()
    {
        var document = Keyed("key-again-first", "key-again");
        await service.RunAsync(document);

        using var response = await service.SubmitAsync(document);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_YAML_document_is_run_over_HTTP_and_from_the_inbox()
    {
        static string Document(string jobId) => $"""
            version: "1.0"
            job_id: {jobId}
            created_at: 2026-03-01T08:00:00Z
            kind: VMOperation
            operation: system.echo
            payload:
              type: system.echo.v1
              data:
                message: päng # in block style
            """;
        using var content = new StringContent(Document("echo-yaml-http"), Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
        using var response = await service.Http.PostAsync("jobs", content);
        await service.UploadAsync("jobs", "dropped.yaml", new MemoryStream(Encoding.UTF8.GetBytes(Document("echo-yaml-blob"))));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var result = await service.WaitForResultAsync("echo-yaml-http");
        Assert.Equal("päng", result.Data!.Value.GetProperty("echo").GetProperty("message").GetString());
        Assert.Equal("completed", (await service.WaitForResultAsync("echo-yaml-blob")).Status);
    }

    private static JsonObject Keyed(string jobId, string key, JsonNode? data = null)
    {
        var document = Jobs.Echo(jobId, data);
        document["execution"] = new JsonObject { ["idempotency_key"] = key };
        return document;
    }

    private static async Task<IReadOnlyList<(HttpStatusCode Status, string JobId, bool Deduplicated)>> SubmitManyAsync(
        HttpClient http, string prefix, string key) => await Task.WhenAll(Enumerable.Range(0, Submissions).Select(async number =>
        {
            using var response = await http.PostAsJsonAsync("jobs", Keyed($"{prefix}number-{number:00}", key));
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            return (response.StatusCode, answer.GetProperty("job_id").GetString()!, answer.TryGetProperty("deduplicated", out _));
        }));

    /// <summary>Orchestrations that were ever started, as the runtime tells.</summary>
    private static async Task<int> CountInstancesAsync(HttpClient http, string prefix) =>
        (await http.GetFromJsonAsync<JsonElement>($"runtime/webhooks/durabletask/instances?instanceIdPrefix={prefix}")).GetArrayLength();
}
