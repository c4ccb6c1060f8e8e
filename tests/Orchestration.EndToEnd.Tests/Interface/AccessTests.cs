using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Interface;

/// <summary>A service with keys: one that reads, one that submits, and one of each of two teams.</summary>
public sealed class AccessTests(ServiceWithKeys keys) : IClassFixture<ServiceWithKeys>
{
    [Theory]
    [InlineData(null)]
    [InlineData("a-guess")]
    public async Task A_request_without_a_known_key_is_refused(string? key)
    {
        using var list = await keys.SendAsync(HttpMethod.Get, "jobs", key);
        using var versioned = await keys.SendAsync(HttpMethod.Get, "api/v1/jobs", key);
        using var health = await keys.SendAsync(HttpMethod.Get, "health/ready", key);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (list.StatusCode, versioned.StatusCode));
        Assert.Equal(ServiceProblem.Unauthorized, (await list.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options))?.Code);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ui")]
    public async Task The_page_for_browsers_needs_no_key_as_it_asks_for_one_itself(string path)
    {
        using var page = await keys.SendAsync(HttpMethod.Get, path, null);

        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("JOBS")]
    [InlineData("jobs/")]
    [InlineData("Jobs/access-paths-1")]
    [InlineData("API/V1/jobs")]
    [InlineData("api/v1/Jobs/access-paths-1")]
    [InlineData("api/v1/no-such-path")]
    [InlineData("%6Aobs")]
    [InlineData("Queue")]
    [InlineData("Metrics")]
    [InlineData("SCHEDULES")]
    public async Task No_spelling_of_a_path_opens_it_without_a_key(string path)
    {
        using var answer = await keys.SendAsync(HttpMethod.Get, path, key: null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("Jobs/access-blue-07")]
    [InlineData("api/v1/JOBS/access-blue-07")]
    [InlineData("API/v1/jobs/access-blue-07")]
    public async Task No_spelling_of_a_path_opens_a_job_of_another_team(string path)
    {
        using var submitted = await keys.SendAsync(HttpMethod.Post, "jobs", ServiceWithKeys.Blue, ServiceWithKeys.Echo("access-blue-07", "blue"));

        using var others = await keys.SendAsync(HttpMethod.Get, path, ServiceWithKeys.Red);
        using var own = await keys.SendAsync(HttpMethod.Get, path, ServiceWithKeys.Blue);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (others.StatusCode, own.StatusCode));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(ServiceWithKeys.Reader, HttpStatusCode.Forbidden)]
    [InlineData(ServiceWithKeys.Red, HttpStatusCode.Forbidden)]
    [InlineData(ServiceWithKeys.Submitter, HttpStatusCode.OK)]
    public async Task The_durable_api_opens_to_a_key_that_submits_in_every_namespace_only(string? key, HttpStatusCode status)
    {
        foreach (var path in (string[])["runtime/webhooks/durabletask/instances", "Runtime/WebHooks/DurableTask/instances", "runtime/webhooks/durabletask/entities"])
        {
            using var answer = await keys.SendAsync(HttpMethod.Get, path, key);

            Assert.Equal((path, status), (path, answer.StatusCode));
        }
    }

    [Fact]
    public async Task Who_ends_an_instance_over_the_durable_api_or_tries_to_is_in_the_audit_log()
    {
        await keys.SubmitAsync("access-durable-1", ServiceWithKeys.Red, "red");
        const string Path = "runtime/webhooks/durabletask/instances/access-durable-1";

        using var refused = await keys.SendAsync(HttpMethod.Delete, Path, ServiceWithKeys.Red);
        using var still = await keys.SendAsync(HttpMethod.Get, Path, ServiceWithKeys.Submitter);
        using var removed = await keys.SendAsync(HttpMethod.Delete, Path, ServiceWithKeys.Submitter);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.OK), (refused.StatusCode, still.StatusCode, removed.StatusCode));
        var (text, entries) = await keys.ReadAuditAsync();
        Assert.Contains(("red", "DurableApi", 403), entries);
        Assert.Contains(("submitter", "DurableApi", 200), entries);
        Assert.Contains("\"job_id\":\"access-durable-1\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_reads_sees_jobs_and_neither_submits_nor_cancels()
    {
        await keys.SubmitAsync("access-read-01", ServiceWithKeys.Submitter);

        using var seen = await keys.SendAsync(HttpMethod.Get, "jobs/access-read-01", ServiceWithKeys.Reader);
        using var submitted = await keys.SendAsync(HttpMethod.Post, "jobs", ServiceWithKeys.Reader, Jobs.Echo("access-read-02"));
        using var cancelled = await keys.SendAsync(HttpMethod.Delete, "jobs/access-read-01", ServiceWithKeys.Reader);
        using var versioned = await keys.SendAsync(HttpMethod.Delete, "api/v1/jobs/access-read-01", ServiceWithKeys.Reader);
        using var validated = await keys.SendAsync(HttpMethod.Post, "jobs:validate", ServiceWithKeys.Reader, Jobs.Echo("access-read-03"));

        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        Assert.Equal(HttpStatusCode.OK, validated.StatusCode);
        Assert.All([submitted, cancelled, versioned], answer => Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode));
        Assert.Equal(ServiceProblem.Forbidden, (await submitted.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options))?.Code);
    }

    [Fact]
    public async Task A_team_sees_and_touches_its_own_jobs_only()
    {
        await keys.SubmitAsync("access-red-01", ServiceWithKeys.Red, "red");
        await keys.SubmitAsync("access-blue-01", ServiceWithKeys.Blue, "blue");

        string[] others =
        [
            "jobs/access-blue-01", "jobs/access-blue-01/result", "jobs/access-blue-01/events", "jobs/access-blue-01/artifacts/x.json",
            "api/v1/jobs/access-blue-01", "jobs/no-such-job-1",
        ];
        foreach (var path in others)
        {
            using var hidden = await keys.SendAsync(HttpMethod.Get, path, ServiceWithKeys.Red);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, hidden.StatusCode));
        }

        using var cancelled = await keys.SendAsync(HttpMethod.Post, "jobs/access-blue-01/cancel", ServiceWithKeys.Red);
        using var own = await keys.SendAsync(HttpMethod.Get, "jobs/access-red-01", ServiceWithKeys.Red);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (cancelled.StatusCode, own.StatusCode));
    }

    [Fact]
    public async Task A_list_shows_a_team_its_own_jobs_and_refuses_to_show_others()
    {
        await keys.SubmitAsync("access-red-02", ServiceWithKeys.Red, "red");
        await keys.SubmitAsync("access-blue-02", ServiceWithKeys.Blue, "blue");

        var red = await keys.ListAsync("jobs?limit=1000", ServiceWithKeys.Red);
        var all = await keys.ListAsync("jobs?limit=1000", ServiceWithKeys.Reader);
        using var other = await keys.SendAsync(HttpMethod.Get, "jobs?namespace=blue", ServiceWithKeys.Red);
        using var queue = await keys.SendAsync(HttpMethod.Get, "queue", ServiceWithKeys.Red);
        using var metrics = await keys.SendAsync(HttpMethod.Get, "metrics", ServiceWithKeys.Red);

        Assert.Contains("access-red-02", red);
        Assert.DoesNotContain("access-blue-02", red);
        Assert.Subset(all.ToHashSet(), new HashSet<string> { "access-red-02", "access-blue-02" });
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.Forbidden), (other.StatusCode, queue.StatusCode, metrics.StatusCode));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("blue")]
    public async Task A_team_submits_into_its_own_namespace_only(string? other)
    {
        using var submitted = await keys.SendAsync(HttpMethod.Post, "jobs", ServiceWithKeys.Red, ServiceWithKeys.Echo("access-red-03", other));
        using var batch = await keys.SendAsync(HttpMethod.Post, "jobs:batch", ServiceWithKeys.Red, new JsonArray(ServiceWithKeys.Echo("access-red-04", other), ServiceWithKeys.Echo($"access-red-{other}-5", "red")));

        var problem = await submitted.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        var report = await batch.Content.ReadFromJsonAsync<BatchReport>(ProtocolJson.Options);
        Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.NamespaceNotAllowed), (submitted.StatusCode, problem?.Code));
        Assert.Equal((1, 1, ErrorCodes.NamespaceNotAllowed), (report!.Accepted, report.Refused, report.Items[0].Code));
    }

    [Fact]
    public async Task A_team_compares_with_no_result_of_another()
    {
        await keys.SubmitAsync("access-blue-06", ServiceWithKeys.Blue, "blue");
        await keys.UploadAsync("results", "access-blue-06/snapshot.json", """{"image":"images/blue.qcow2","system":"secret of blue"}""");
        string[] baselines = ["access-blue-06", "no-such-job-6"];

        var refusals = new List<string>();
        foreach (var (number, baseline) in baselines.Index())
        {
            var side = new JsonObject { ["job_id"] = baseline };
            var document = Jobs.Compare($"access-red-06-{number}", side, side.DeepClone(), options: null);
            document["metadata"] = new JsonObject { ["namespace"] = "red" };
            using var submitted = await keys.SubmitAsync(document, ServiceWithKeys.Red);
            using var result = await keys.SendAsync(HttpMethod.Get, $"jobs/access-red-06-{number}/result", ServiceWithKeys.Red);
            refusals.Add((await result.Content.ReadAsStringAsync()).Replace(baseline, "", StringComparison.Ordinal));
        }

        Assert.All(refusals, text => Assert.Contains("left neither", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_done_and_what_is_refused_is_in_the_audit_log_without_any_key()
    {
        await keys.SubmitAsync("access-audit-1", ServiceWithKeys.Red, "red");
        using var refused = await keys.SendAsync(HttpMethod.Delete, "jobs/access-audit-1", ServiceWithKeys.Reader);
        using var unknown = await keys.SendAsync(HttpMethod.Delete, "jobs/access-audit-1", "a-guess");

        var (text, entries) = await keys.ReadAuditAsync();

        Assert.Contains(("red", "SubmitJob", 202), entries);
        Assert.Contains(("reader", "DeleteJob", 403), entries);
        Assert.Contains((null, "DeleteJob", 401), entries);
        Assert.All([ServiceWithKeys.Reader, ServiceWithKeys.Red, "a-guess"], key => Assert.DoesNotContain(key, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_has_a_key_of_the_app_is_not_given_the_links_that_open_without_one()
    {
        using var accepted = await keys.SubmitAsync("access-links-1", ServiceWithKeys.Submitter);

        Assert.False((await accepted.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("orchestration", out _));
    }
}

/// <summary>A service of its own, with keys.</summary>
public sealed class ServiceWithKeys : IAsyncLifetime
{
    public const string Reader = "key-that-reads";
    public const string Submitter = "key-that-submits";
    public const string Red = "key-of-team-red";
    public const string Blue = "key-of-team-blue";

    private Azurite? _azurite;
    private ServiceProcess? _service;

    public async Task InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        _service = await ServiceProcess.StartAsync(
            _azurite,
            ("Access__Keys__reader__Value", Reader),
            ("Access__Keys__submitter__Value", Submitter),
            ("Access__Keys__submitter__Role", "Submit"),
            ("Access__Keys__red__Value", Red),
            ("Access__Keys__red__Role", "Submit"),
            ("Access__Keys__red__Namespace", "red"),
            ("Access__Keys__blue__Value", Blue),
            ("Access__Keys__blue__Role", "Submit"),
            ("Access__Keys__blue__Namespace", "blue"));
    }

    public async Task DisposeAsync()
    {
        await (_service?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    public static JsonObject Echo(string jobId, string? jobNamespace)
    {
        var document = Jobs.Echo(jobId);
        document["metadata"] = new JsonObject { ["namespace"] = jobNamespace };
        return document;
    }

    public Task<HttpResponseMessage> SubmitAsync(string jobId, string key, string? jobNamespace = null) =>
        SubmitAsync(jobNamespace is null ? Jobs.Echo(jobId) : Echo(jobId, jobNamespace), key);

    /// <summary>Submits a document that must be accepted, and waits for the job's end.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(JsonObject document, string key)
    {
        var jobId = document["job_id"]!.GetValue<string>();
        var response = await SendAsync(HttpMethod.Post, "jobs", key, document);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var result = await SendAsync(HttpMethod.Get, $"jobs/{jobId}/result", key);
            if (result.IsSuccessStatusCode)
            {
                return response;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
        }
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? key, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"./{path}", UriKind.Relative));
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await (_service ?? throw new InvalidOperationException("Not started.")).Http.SendAsync(request);
    }

    public async Task UploadAsync(string container, string name, string content) =>
        await (_azurite ?? throw new InvalidOperationException("Not started.")).Client.GetBlobContainerClient(container).GetBlobClient(name).UploadAsync(BinaryData.FromString(content));

    public async Task<List<string>> ListAsync(string path, string key)
    {
        using var response = await SendAsync(HttpMethod.Get, path, key);
        var list = await response.Content.ReadFromJsonAsync<JobList>(ProtocolJson.Options);
        return [.. list!.Jobs.Select(job => job.JobId)];
    }

    public async Task<(string Text, List<(string? Key, string Action, int Status)> Entries)> ReadAuditAsync()
    {
        var container = (_azurite ?? throw new InvalidOperationException("Not started.")).Client.GetBlobContainerClient("state");
        var text = new StringBuilder();
        await foreach (var blob in container.GetBlobsAsync(prefix: "audit/"))
        {
            text.Append((await container.GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content);
        }

        return (text.ToString(), [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)]);

        static (string?, string, int) Read(string line)
        {
            var entry = JsonDocument.Parse(line).RootElement;
            return (entry.TryGetProperty("key", out var key) ? key.GetString() : null, entry.GetProperty("action").GetString()!, entry.GetProperty("status").GetInt32());
        }
    }
}
