using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.DurableApi;

/// <summary>Over HTTP, against the running engine.</summary>
public sealed class DurableApiTests : IAsyncLifetime
{
    private const string Api = "/runtime/webhooks/durabletask";
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(typeof(Functions));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Starting_an_orchestration_tells_where_to_follow_it()
    {
        var response = await PostAsync("orchestrators/Echo/one", """{"size":3}""");

        var payload = await Json(response);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("10", Assert.Single(response.Headers.GetValues("Retry-After")));
        Assert.Equal(payload.GetProperty("statusQueryGetUri").GetString(), response.Headers.Location?.OriginalString);
        Assert.Equal("one", payload.GetProperty("id").GetString());
        var status = await WaitForAsync("one", "Completed");
        Assert.Equal("""{"size":3}""", status.GetProperty("input").GetRawText());
        Assert.Equal("""{"size":3}""", status.GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task Without_an_id_the_engine_makes_one_up()
        => Assert.Equal(32, (await Json(await PostAsync("orchestrators/Echo", "1"))).GetProperty("id").GetString()?.Length);

    [Fact]
    public async Task An_unknown_orchestrator_is_a_bad_request()
        => Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("orchestrators/Nobody", "1")).StatusCode);

    [Fact]
    public async Task Input_that_is_no_json_is_a_bad_request()
        => Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("orchestrators/Echo", "{")).StatusCode);

    [Fact]
    public async Task An_id_that_is_running_is_a_conflict()
    {
        await StartWaitingAsync("taken");

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("orchestrators/Waiting/taken", "1")).StatusCode);
    }

    [Fact]
    public async Task With_a_timeout_the_answer_is_the_output()
    {
        var response = await PostAsync("orchestrators/Echo?timeout=30", "\"now\"");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("\"now\"", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_status_of_a_running_instance_is_accepted_and_says_when_to_ask_again()
    {
        await StartWaitingAsync("running");

        var response = await GetAsync("instances/running");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("5", Assert.Single(response.Headers.GetValues("Retry-After")));
        Assert.Contains($"{Api}/instances/running", response.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal("waiting", (await Json(response)).GetProperty("customStatus").GetString());
    }

    [Fact]
    public async Task The_status_has_the_apis_fields_in_its_order_and_times_to_the_second()
    {
        await PostAsync("orchestrators/Echo/fields", "1");

        var status = await WaitForAsync("fields", "Completed");

        Assert.Equal(
            ["name", "instanceId", "runtimeStatus", "input", "customStatus", "output", "createdTime", "lastUpdatedTime"],
            status.EnumerateObject().Select(property => property.Name));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", status.GetProperty("createdTime").GetString());
    }

    [Fact]
    public async Task The_input_is_shown_unless_it_is_not_wanted()
    {
        await PostAsync("orchestrators/Echo/hidden", "1");
        await WaitForAsync("hidden", "Completed");

        var status = await Json(await GetAsync("instances/hidden?showInput=false"));

        Assert.Equal(JsonValueKind.Null, status.GetProperty("input").ValueKind);
    }

    [Fact]
    public async Task A_failed_instance_is_ok_or_an_error_as_the_caller_wants()
    {
        await PostAsync("orchestrators/Failing/failed", "1");
        var status = await WaitForAsync("failed", "Failed");

        Assert.Contains("on purpose", status.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("instances/failed")).StatusCode);
        Assert.Equal(
            HttpStatusCode.InternalServerError,
            (await GetAsync("instances/failed?returnInternalServerErrorOnFailure=true")).StatusCode);
    }

    [Fact]
    public async Task Instances_are_listed_by_prefix_and_status()
    {
        await PostAsync("orchestrators/Echo/list-1", "1");
        await WaitForAsync("list-1", "Completed");
        await StartWaitingAsync("list-2");
        await StartWaitingAsync("other");

        var all = await Json(await GetAsync("instances?instanceIdPrefix=list-"));
        var running = await Json(await GetAsync("instances?instanceIdPrefix=list-&runtimeStatus=Running,Pending"));

        Assert.Equal(["list-1", "list-2"], Ids(all).Order(StringComparer.Ordinal));
        Assert.Equal(["list-2"], Ids(running));
    }

    [Fact]
    public async Task A_long_list_comes_in_pages()
    {
        foreach (var number in Enumerable.Range(0, 5))
        {
            await PostAsync($"orchestrators/Echo/page-{number}", "1");
        }

        var ids = new List<string?>();
        string? token = null;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Api}/instances?instanceIdPrefix=page-&top=2");
            request.Headers.Add("x-ms-continuation-token", token);
            var response = await _host.Client.SendAsync(request);
            var page = Ids(await Json(response)).ToArray();
            Assert.InRange(page.Length, 0, 2);
            ids.AddRange(page);
            token = response.Headers.TryGetValues("x-ms-continuation-token", out var values) ? values.Single() : null;
        }
        while (token is not null);

        Assert.Equal(["page-0", "page-1", "page-2", "page-3", "page-4"], ids.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("instances?runtimeStatus=Nonsense")]
    [InlineData("instances?runtimeStatus=1")]
    [InlineData("instances?createdTimeFrom=yesterday")]
    [InlineData("instances?top=-1")]
    public async Task A_query_that_makes_no_sense_is_a_bad_request(string query)
        => Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(query)).StatusCode);

    [Fact]
    public async Task An_event_reaches_its_waiter()
    {
        await StartWaitingAsync("eager");

        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("instances/eager/raiseEvent/Go", "\"gone\"")).StatusCode);

        Assert.Equal("gone", (await WaitForAsync("eager", "Completed")).GetProperty("output").GetString());
    }

    [Fact]
    public async Task An_event_must_be_json()
    {
        await StartWaitingAsync("strict");
        using var text = new StringContent("gone", Encoding.UTF8, "text/plain");

        Assert.Equal(HttpStatusCode.BadRequest, (await _host.Client.PostAsync($"{Api}/instances/strict/raiseEvent/Go", text)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("instances/strict/raiseEvent/Go", "gone")).StatusCode);
    }

    [Fact]
    public async Task A_terminated_instance_has_the_reason_as_its_output()
    {
        await StartWaitingAsync("doomed");

        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("instances/doomed/terminate?reason=enough", null)).StatusCode);

        Assert.Equal("enough", (await WaitForAsync("doomed", "Terminated")).GetProperty("output").GetString());
    }

    [Fact]
    public async Task A_suspended_instance_waits_until_it_is_resumed()
    {
        await StartWaitingAsync("paused");

        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("instances/paused/suspend?reason=break", null)).StatusCode);
        await WaitForAsync("paused", "Suspended");
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("instances/paused/resume", null)).StatusCode);

        await WaitForAsync("paused", "Running");
    }

    [Theory]
    [InlineData("raiseEvent/Go")]
    [InlineData("terminate")]
    [InlineData("suspend")]
    [InlineData("resume")]
    public async Task What_does_not_exist_is_not_found_and_what_has_ended_is_gone(string command)
    {
        await PostAsync("orchestrators/Echo/ended", "1");
        await WaitForAsync("ended", "Completed");

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync($"instances/nobody/{command}", "1")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await PostAsync($"instances/ended/{command}", "1")).StatusCode);
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_has_no_status()
        => Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("instances/nobody")).StatusCode);

    [Fact]
    public async Task A_restart_runs_again_under_a_new_id()
    {
        await PostAsync("orchestrators/Echo/again", "\"same\"");
        await WaitForAsync("again", "Completed");

        var response = await PostAsync("instances/again/restart", null);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = (await Json(response)).GetProperty("id").GetString() ?? string.Empty;
        Assert.NotEqual("again", id);
        Assert.Equal("same", (await WaitForAsync(id, "Completed")).GetProperty("output").GetString());
    }

    [Fact]
    public async Task A_restart_needs_an_instance_and_an_id_that_is_free()
    {
        await StartWaitingAsync("busy");

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("instances/nobody/restart", null)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Conflict, (await PostAsync("instances/busy/restart?restartWithNewInstanceId=false", null)).StatusCode);
    }

    [Fact]
    public async Task An_ended_instance_can_be_purged_and_is_then_unknown()
    {
        await PostAsync("orchestrators/Echo/old", "1");
        await WaitForAsync("old", "Completed");

        var response = await _host.Client.DeleteAsync($"{Api}/instances/old");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"instancesDeleted":1}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.DeleteAsync($"{Api}/instances/old")).StatusCode);
    }

    [Fact]
    public async Task A_running_instance_is_not_purged()
    {
        await StartWaitingAsync("alive");

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _host.Client.DeleteAsync($"{Api}/instances/alive")).StatusCode);
    }

    [Fact]
    public async Task Many_instances_are_purged_by_time_and_status()
    {
        await PostAsync("orchestrators/Echo/many-1", "1");
        await PostAsync("orchestrators/Failing/many-2", "1");
        await WaitForAsync("many-1", "Completed");
        await WaitForAsync("many-2", "Failed");
        const string Since = "createdTimeFrom=2020-01-01T00:00:00Z";

        var failed = await _host.Client.DeleteAsync($"{Api}/instances?{Since}&runtimeStatus=Failed");
        var none = await _host.Client.DeleteAsync($"{Api}/instances?{Since}&runtimeStatus=Failed");
        var unbounded = await _host.Client.DeleteAsync($"{Api}/instances?runtimeStatus=Failed");

        Assert.Equal("""{"instancesDeleted":1}""", await failed.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unbounded.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("instances/many-1")).StatusCode);
    }

    [Fact]
    public async Task The_diagnosis_says_why_an_instance_does_not_move()
    {
        await StartWaitingAsync("stuck");

        var response = await GetAsync("instances/stuck/diagnosis");

        var diagnosis = await Json(response);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Running", diagnosis.GetProperty("runtimeStatus").GetString());
        Assert.Equal("Go", Assert.Single(diagnosis.GetProperty("awaitedEvents").EnumerateArray()).GetString());
        Assert.Equal("ExternalEvent", Assert.Single(diagnosis.GetProperty("reasons").EnumerateArray()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_has_no_diagnosis()
        => Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("instances/nobody/diagnosis")).StatusCode);

    [Fact]
    public async Task What_is_not_there_yet_says_so()
        => Assert.Equal(HttpStatusCode.NotImplemented, (await PostAsync("instances/any/rewind", null)).StatusCode);

    private static async Task<JsonElement> Json(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    private static IEnumerable<string?> Ids(JsonElement list)
        => list.EnumerateArray().Select(instance => instance.GetProperty("instanceId").GetString());

    private Task<HttpResponseMessage> GetAsync(string path) => _host.Client.GetAsync($"{Api}/{path}");

    private async Task<HttpResponseMessage> PostAsync(string path, string? json)
    {
        using var content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        return await _host.Client.PostAsync($"{Api}/{path}", content);
    }

    private async Task StartWaitingAsync(string id)
    {
        await PostAsync($"orchestrators/Waiting/{id}", "1");
        await WaitForAsync(id, "Running");
    }

    private async Task<JsonElement> WaitForAsync(string id, string runtimeStatus)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var response = await GetAsync($"instances/{id}");
            var status = await Json(response);
            if (response.IsSuccessStatusCode && status.GetProperty("runtimeStatus").GetString() == runtimeStatus
                && (runtimeStatus != "Running" || status.GetProperty("customStatus").ValueKind != JsonValueKind.Null))
            {
                return status;
            }

            await Task.Delay(20, timeout.Token);
        }
    }

    public static class Functions
    {
        [Function("Echo")]
        public static async Task<JsonElement> Echo([OrchestrationTrigger] TaskOrchestrationContext context)
            => await context.CallActivityAsync<JsonElement>("Same", context.GetInput<JsonElement>());

        [Function("Same")]
        public static JsonElement Same([ActivityTrigger] JsonElement input) => input;

        [Function("Waiting")]
        public static async Task<string> Waiting([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            context.SetCustomStatus("waiting");
            return await context.WaitForExternalEvent<string>("Go");
        }

        [Function("Failing")]
        public static Task Failing([OrchestrationTrigger] TaskOrchestrationContext context)
            => throw new InvalidOperationException($"{context.InstanceId} fails on purpose");
    }
}
