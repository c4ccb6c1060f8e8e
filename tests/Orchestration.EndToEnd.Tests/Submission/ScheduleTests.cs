using System.Net;
using System.Net.Http.Json;
using System.Text;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Submission;

/// <summary>Schedules over HTTP and by the command, and what a kill does to a run.</summary>
[Collection(RunningService.Collection)]
public class ScheduleTests(RunningService service)
{
    private const string Weekly = """
        description: The sample, every week
        schedule: "0 3 * * 1"
        time_zone: Europe/Berlin
        images: { prefix: images/debian-, name: "*.qcow2" }
        idempotency_key: "weekly-{yyyy}-W{ww}-{image}"
        job:
          operation: guestkit.inspect
          payload: { data: { options: { include_packages: true } } }
          execution: { priority: 3 }
        """;

    [Fact]
    public async Task A_schedule_is_written_run_by_hand_shown_and_removed()
    {
        using (var created = await PutAsync("weekly", Weekly))
        {
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            var view = await created.Content.ReadFromJsonAsync<ScheduleView>(ProtocolJson.Options);
            Assert.Equal((5, true), (view!.NextRuns.Count, view.Active));
            Assert.All(view.NextRuns, next => Assert.Equal((DayOfWeek.Monday, 3), (next.DayOfWeek, next.Hour)));
        }

        var first = await RunAsync("weekly");
        var job = Assert.Single(first.Jobs);
        Assert.Equal(("accepted", "images/debian-12.qcow2", true), (job.Status, job.Image, first.Manual));
        Assert.Equal("completed", (await service.WaitForResultAsync(job.JobId!)).Status);
        Assert.Equal(3, (await service.FindJobAsync(job.JobId!))!.Job!.Execution.Priority);

        // The week's job stands already.
        Assert.Equal((0, 1), await CountsOfAsync("weekly"));
        var listed = await service.Http.GetFromJsonAsync<JobList>($"jobs?label={first.Label}", ProtocolJson.Options);
        Assert.Equal(job.JobId, Assert.Single(listed!.Jobs).JobId);

        using var replaced = await PutAsync("weekly", Weekly);
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        using var removed = await service.Http.DeleteAsync("schedules/weekly");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var gone = await service.Http.GetAsync("schedules/weekly");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_schedule_that_is_not_in_order_is_refused_with_every_violation()
    {
        using var response = await PutAsync("broken", "schedule: never\njob: {operation: system.echo, payload: {type: other.v1, data: 1}, job_id: x}");

        var problem = await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(["/job/job_id", "/schedule"], problem!.Violations!.Select(violation => violation.Pointer).Order(StringComparer.Ordinal));
        using var missing = await service.Http.GetAsync("schedules/broken");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_misspelled_member_of_a_schedule_is_named_and_refused_where_that_is_asked_for()
    {
        const string Document = "schedule: '0 0 1 1 *'\nenabeld: false\njob: {operation: system.echo, payload: {data: {message: hello}}}";

        using var strict = await PutAsync("misspelled?strict=true", Document);
        using var missing = await service.Http.GetAsync("schedules/misspelled");
        using var kept = await PutAsync("misspelled", Document);
        using var deleted = await service.Http.DeleteAsync("schedules/misspelled");

        var problem = await strict.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        Assert.Equal((HttpStatusCode.BadRequest, ErrorCodes.UnknownField, "/enabeld"), (strict.StatusCode, problem!.Code, problem.Violations![0].Pointer));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(["/enabeld"], (await kept.Content.ReadFromJsonAsync<ScheduleView>(ProtocolJson.Options))!.UnknownMembers!);
    }

    [Fact]
    public async Task The_command_writes_lists_runs_and_deletes_schedules()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "schedule: '0 0 1 1 *'\njob: {operation: system.echo, payload: {data: {message: hello}}}\n");
        try
        {
            Assert.Equal(0, (await service.CommandAsync("schedules", "put", "by-command", file)).ExitCode);
        }
        finally
        {
            File.Delete(file);
        }

        var run = await service.CommandAsync("schedules", "run", "by-command");
        var list = await service.CommandAsync("schedules", "list");
        var show = await service.CommandAsync("schedules", "show", "by-command", "--json");

        Assert.Contains("1 accepted", run.Output, StringComparison.Ordinal);
        Assert.Contains("by-command", list.Output, StringComparison.Ordinal);
        Assert.Contains("\"manual\": true", show.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await service.CommandAsync("schedules", "delete", "by-command")).ExitCode);
        Assert.Equal(2, (await service.CommandAsync("schedules", "show", "by-command")).ExitCode);
    }

    [Fact]
    public async Task A_run_whose_service_was_killed_is_finished_by_the_next_and_no_job_is_run_twice()
    {
        const int Images = 60;
        await using var azurite = await Azurite.StartAsync();
        var container = azurite.Client.GetBlobContainerClient("images");
        await container.CreateIfNotExistsAsync();
        await Task.WhenAll(Enumerable.Range(0, Images).Select(number => container.UploadBlobAsync($"fleet/{number:00}.raw", BinaryData.FromString("x"))));
        await using var killed = await ServiceProcess.StartAsync(azurite, ("Schedules__TakeOverSeconds", "1"));
        using (var content = new StringContent(
            "schedule: '0 0 1 1 *'\nimages: {prefix: images/fleet/}\njob: {operation: system.echo, payload: {data: {message: '{vm}'}}}\n", Encoding.UTF8, "application/yaml"))
        using (var put = await killed.Http.PutAsync("schedules/fleet", content))
        {
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }

        var interrupted = killed.Http.PostAsync("schedules/fleet/run", null);
        var state = azurite.Client.GetBlobContainerClient("state");
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await state.GetBlobsAsync(prefix: "claims/", cancellationToken: timeout.Token).CountAsync(timeout.Token) < 5)
        {
        }

        await killed.KillAsync();
        Assert.NotNull(await Record.ExceptionAsync(() => interrupted));
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        await killed.StartAsync();

        ScheduleView? view;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), timeout.Token);
            view = await killed.Http.GetFromJsonAsync<ScheduleView>("schedules/fleet", ProtocolJson.Options, timeout.Token);
        }
        while (view?.LastRun is null);

        Assert.Equal((Images, 0, 0), (view.LastRun.Accepted, view.LastRun.Deduplicated, view.LastRun.Refused));
        Assert.Equal(Images, view.LastRun.Jobs.Select(job => job.JobId).Distinct().Count());
        Assert.Equal(Images, await state.GetBlobsAsync(prefix: "claims/", cancellationToken: timeout.Token).CountAsync(timeout.Token));
    }

    private async Task<HttpResponseMessage> PutAsync(string name, string document)
    {
        using var content = new StringContent(document, Encoding.UTF8, "application/yaml");
        return await service.Http.PutAsync($"schedules/{name}", content);
    }

    private async Task<ScheduleRun> RunAsync(string name)
    {
        using var response = await service.Http.PostAsync($"schedules/{name}/run", null);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<ScheduleRun>(ProtocolJson.Options))!;
    }

    private async Task<(int Accepted, int Deduplicated)> CountsOfAsync(string name)
    {
        // A run's jobs are named by its second.
        await Task.Delay(TimeSpan.FromSeconds(1));
        var run = await RunAsync(name);
        return (run.Accepted, run.Deduplicated);
    }
}
