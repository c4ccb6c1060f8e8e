using System.Net;
using System.Text;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.DurableApi;

/// <summary>Steering, repeating and removing instances.</summary>
public sealed class DurableApiCommandTests : DurableApiTest
{
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

        Assert.Equal(HttpStatusCode.BadRequest, (await Host.Client.PostAsync($"{Api}/instances/strict/raiseEvent/Go", text)).StatusCode);
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

        var response = await Host.Client.DeleteAsync($"{Api}/instances/old");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"instancesDeleted":1}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await Host.Client.DeleteAsync($"{Api}/instances/old")).StatusCode);
    }

    [Fact]
    public async Task A_running_instance_is_not_purged()
    {
        await StartWaitingAsync("alive");

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Host.Client.DeleteAsync($"{Api}/instances/alive")).StatusCode);
    }

    [Fact]
    public async Task Many_instances_are_purged_by_time_and_status()
    {
        await PostAsync("orchestrators/Echo/many-1", "1");
        await PostAsync("orchestrators/Failing/many-2", "1");
        await WaitForAsync("many-1", "Completed");
        await WaitForAsync("many-2", "Failed");
        const string Since = "createdTimeFrom=2020-01-01T00:00:00Z";

        var failed = await Host.Client.DeleteAsync($"{Api}/instances?{Since}&runtimeStatus=Failed");
        var none = await Host.Client.DeleteAsync($"{Api}/instances?{Since}&runtimeStatus=Failed");
        var unbounded = await Host.Client.DeleteAsync($"{Api}/instances?runtimeStatus=Failed");

        Assert.Equal("""{"instancesDeleted":1}""", await failed.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unbounded.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("instances/many-1")).StatusCode);
    }

    [Fact]
    public async Task Only_a_failed_instance_can_be_rewound()
    {
        await PostAsync("orchestrators/Failing/failed", "1");
        await WaitForAsync("failed", "Failed");
        await StartWaitingAsync("waits");

        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("instances/failed/rewind?reason=again", null)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PostAsync("instances/waits/rewind", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("instances/nobody/rewind", null)).StatusCode);
    }
}
