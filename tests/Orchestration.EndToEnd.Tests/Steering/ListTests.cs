using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;

namespace Orchestration.EndToEnd.Tests.Steering;

/// <summary>Jobs in lists, and dead letters.</summary>
[Collection(RunningService.Collection)]
public class ListTests(RunningService service)
{
    [Fact]
    public async Task A_job_is_listed_while_it_runs_and_when_it_has_ended()
    {
        var document = Jobs.Echo("echo-listed-01", new JsonObject { ["delay_ms"] = 2000 });
        document["metadata"] = new JsonObject { ["namespace"] = "listed-once", ["labels"] = new JsonObject { ["rack"] = "r 7" } };
        using var accepted = await service.SubmitAsync(document);

        var open = await WaitForAsync("jobs?namespace=listed-once&state=running,queued,pending");
        await service.WaitForResultAsync("echo-listed-01");
        var ended = await WaitForAsync("jobs?label=rack:r%207&state=completed");

        Assert.Equal(("echo-listed-01", "/jobs/echo-listed-01"), (open.JobId, open.Self));
        Assert.Null(open.EndedAt);
        Assert.Equal(JobState.Completed, ended.State);
        Assert.InRange(ended.EndedAt!.Value, ended.SubmittedAt, DateTimeOffset.UtcNow);
    }

    [Theory]
    [InlineData("jobs?limit=0")]
    [InlineData("jobs?limit=1001")]
    [InlineData("jobs?state=nowhere")]
    [InlineData("jobs?cursor=nonsense")]
    [InlineData("jobs?stat=failed")]
    [InlineData("dead-letter?limits=3")]
    public async Task A_list_that_makes_no_sense_is_refused(string query)
    {
        using var response = await service.Http.GetAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(ErrorCodes.InvalidField, (await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options))?.Code);
    }

    [Fact]
    public async Task A_dead_letter_that_is_queued_again_gets_as_many_attempts_more()
    {
        var document = Jobs.Echo("echo-dead-01", new JsonObject { ["fail"] = true });
        document["execution"] = new JsonObject { ["max_attempts"] = 2 };
        await service.RunAsync(document);
        var dead = await WaitForAsync("dead-letter?text=echo-dead-01");

        using var requeued = await service.Http.PostAsync("dead-letter/echo-dead-01/requeue", null);
        var again = await service.WaitForResultAsync("echo-dead-01");
        var job = await service.FindJobAsync("echo-dead-01");
        using var unknown = await service.Http.PostAsync("dead-letter/no-such-job-5/requeue", null);

        Assert.Equal(JobState.DeadLettered, dead.State);
        Assert.Equal(HttpStatusCode.Accepted, requeued.StatusCode);
        Assert.Equal(4, again.ExecutionSummary.Attempt);
        Assert.Equal(JobState.DeadLettered, job!.State);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_dead_letter_that_many_queue_again_at_once_runs_once()
    {
        var document = Jobs.Echo("echo-dead-02", new JsonObject { ["fail"] = true });
        document["execution"] = new JsonObject { ["max_attempts"] = 2 };
        await service.RunAsync(document);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => service.Http.PostAsync("dead-letter/echo-dead-02/requeue", null)));
        var again = await service.WaitForResultAsync("echo-dead-02");

        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.Accepted);
        Assert.DoesNotContain(answers, answer => answer.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.Conflict));
        Assert.Equal(4, again.ExecutionSummary.Attempt);
    }

    [Fact]
    public async Task Only_dead_letters_can_be_queued_again()
    {
        await service.RunAsync(Jobs.Echo("echo-alive-01"));

        using var response = await service.Http.PostAsync("dead-letter/echo-alive-01/requeue", null);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    private async Task<JobSummary> WaitForAsync(string query)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var list = await service.Http.GetFromJsonAsync<JobList>(query, ProtocolJson.Options, timeout.Token);
            if (list is { Jobs: [var job] })
            {
                return job;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }
}
