using System.Net;
using System.Text.Json;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.DurableApi;

/// <summary>Asking about instances.</summary>
public sealed class DurableApiQueryTests : DurableApiTest
{
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
            var response = await Host.Client.SendAsync(request);
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
    public async Task An_instance_that_does_not_exist_has_no_status()
        => Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("instances/nobody")).StatusCode);

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
}
