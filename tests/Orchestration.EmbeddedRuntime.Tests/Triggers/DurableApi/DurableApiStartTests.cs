using System.Net;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.DurableApi;

/// <summary>Starting instances.</summary>
public sealed class DurableApiStartTests : DurableApiTest
{
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
}
