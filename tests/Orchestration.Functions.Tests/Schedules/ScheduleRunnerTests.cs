using System.Collections.Concurrent;
using Orchestration.Functions.Tests.Index;
using Orchestration.Protocol;

namespace Orchestration.Functions.Tests.Schedules;

public sealed class ScheduleRunnerTests(EmulatorOfItsOwn emulator) : IClassFixture<EmulatorOfItsOwn>, IAsyncLifetime
{
    private const string Echo = "schedule: '0 3 * * *'\njob: {operation: system.echo, payload: {data: {message: '{vm}'}}}\n";

    private readonly ConcurrentQueue<string> _started = new();
    private ScheduleRig? _host;

    private ScheduleRig Host => _host ?? throw new InvalidOperationException("Not started.");

    /// <summary>A look at the schedules looks at all of them, so each test begins with none.</summary>
    public async Task InitializeAsync()
    {
        await emulator.ClearAsync();
        _host = new ScheduleRig(emulator.Azurite, _started);
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    [Fact]
    public async Task An_occurrence_is_run_once_when_it_is_due()
    {
        await Host.DropAsync("nightly", Echo);
        await TickAtAsync(minutes: 0);
        await TickAtAsync(minutes: (18 * 60) + 59);
        Assert.Empty(_started);

        await TickAtAsync(minutes: 19 * 60);
        await TickAtAsync(minutes: (19 * 60) + 1);

        Assert.Equal(["nightly-20260302030000"], _started);
        var view = await Host.ViewAsync("nightly");
        Assert.Equal("nightly-20260302030000", Assert.Single(view.LastRun!.Jobs).JobId);
        Assert.Equal(new DateTimeOffset(2026, 3, 3, 3, 0, 0, TimeSpan.Zero), view.NextRuns[0]);
        Assert.Null(view.RunningSince);
    }

    [Theory]
    [InlineData("once", "nightly-20260306030000")]
    [InlineData("skip", null)]
    public async Task Of_the_occurrences_of_a_downtime_the_last_is_made_up_for_where_any_is(string missed, string? jobId)
    {
        await Host.DropAsync("nightly", $"{Echo}missed_runs: {missed}\n");
        await TickAtAsync(minutes: 0);

        await TickAtAsync(minutes: 5 * 24 * 60);
        await TickAtAsync(minutes: (5 * 24 * 60) + 1);

        Assert.Equal(jobId is null ? [] : [jobId], _started);
    }

    [Fact]
    public async Task Two_hosts_that_look_at_the_same_time_run_an_occurrence_once()
    {
        await using var other = new ScheduleRig(emulator.Azurite, _started);
        await Host.DropAsync("nightly", Echo);
        await TickAtAsync(minutes: 0);
        Host.Time.Now = other.Time.Now = ScheduleRig.Start.AddHours(19);

        await Task.WhenAll(Host.TickAsync(), other.TickAsync(), Host.TickAsync(), other.TickAsync());

        Assert.Equal(["nightly-20260302030000"], _started);
    }

    [Fact]
    public async Task A_run_that_was_interrupted_is_taken_up_by_another_host_and_submits_no_job_twice()
    {
        for (var number = 0; number < 40; number++)
        {
            await Host.UploadAsync("images", $"fleet/{number:00}.raw");
        }

        await Host.DropAsync("nightly", $"{Echo}images: {{prefix: images/fleet/}}\n");
        await TickAtAsync(minutes: 0);
        Host.Time.Now = ScheduleRig.Start.AddHours(19);
        Host.BeforeStart = () =>
        {
            if (_started.Count >= 20)
            {
                throw new OperationCanceledException("The host is gone.");
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(Host.TickAsync);
        await using var other = new ScheduleRig(emulator.Azurite, _started);

        other.Time.Now = ScheduleRig.Start.AddHours(19).AddSeconds(30);
        await other.TickAsync();
        Assert.InRange(_started.Count, 1, 39);
        other.Time.Now = ScheduleRig.Start.AddHours(19).AddMinutes(2);
        await other.TickAsync();

        Assert.Equal(40, _started.Count);
        Assert.Equal(40, _started.Distinct().Count());
        Assert.Equal((40, 0), ((await other.ViewAsync("nightly")).LastRun!.Accepted, (await other.ViewAsync("nightly")).LastRun!.Refused));
    }

    [Fact]
    public async Task Every_blob_of_the_prefix_with_such_a_name_gets_a_job_up_to_the_limit()
    {
        foreach (var name in new[] { "fleet/a.qcow2", "fleet/b.qcow2", "fleet/c.qcow2", "fleet/notes.txt", "other/d.qcow2" })
        {
            await Host.UploadAsync("images", name);
        }

        await Host.DropAsync("nightly", $"{Echo}images: {{prefix: images/fleet/, name: '*.qcow2', limit: 2}}\nidempotency_key: 'weekly-{{yyyy}}-W{{ww}}-{{image}}'\n");
        await TickAtAsync(minutes: 0);
        await TickAtAsync(minutes: 19 * 60);

        var view = await Host.ViewAsync("nightly");
        Assert.Equal(["images/fleet/a.qcow2", "images/fleet/b.qcow2"], view.LastRun!.Jobs.Select(job => job.Image));
        Assert.Equal(ErrorCodes.ResourceLimit, view.LastError?.Code);
        Assert.Equal(2, _started.Count);
    }

    [Fact]
    public async Task A_key_that_stands_for_a_job_already_lets_no_other_run()
    {
        await Host.DropAsync("nightly", $"{Echo}idempotency_key: 'weekly-{{yyyy}}-W{{ww}}'\n");
        await TickAtAsync(minutes: 0);

        // Monday to Sunday, and the next Monday.
        for (var day = 0; day <= 7; day++)
        {
            await TickAtAsync(minutes: (19 + (24 * day)) * 60);
        }

        Assert.Equal(["nightly-20260302030000", "nightly-20260309030000"], _started);
    }

    [Fact]
    public async Task A_broken_schedule_says_what_is_wrong_and_keeps_no_other_from_running()
    {
        await Host.DropAsync("broken", "schedule: '0 3 * * *'\njob: {operation: system.echo, payload: {type: system.echo.v1}, execution: {priority: 99}}\n");
        await Host.DropAsync("empty", "");
        await Host.DropAsync("Not A Name", Echo);
        await Host.DropAsync("nightly", Echo);
        await TickAtAsync(minutes: 0);
        await TickAtAsync(minutes: 19 * 60);

        Assert.Equal(["nightly-20260302030000"], _started);
        var view = await Host.ViewAsync("broken");
        Assert.Equal(["/job/payload/data", "/job/execution/priority"], view.Violations!.Select(violation => violation.Pointer));
        Assert.Equal((false, ErrorCodes.MissingField), (view.Active, view.LastError?.Code));
        Assert.Equal(ErrorCodes.InvalidYaml, (await Host.ViewAsync("empty")).LastError?.Code);
    }

    [Fact]
    public async Task A_schedule_that_is_not_enabled_does_not_run_and_makes_up_for_nothing_later()
    {
        await Host.DropAsync("nightly", $"{Echo}enabled: false\n");
        await TickAtAsync(minutes: 0);
        await TickAtAsync(minutes: 20 * 60);
        await Host.DropAsync("nightly", Echo);

        await TickAtAsync(minutes: 21 * 60);

        Assert.Empty(_started);
    }

    private async Task TickAtAsync(int minutes)
    {
        Host.Time.Now = ScheduleRig.Start.AddMinutes(minutes);
        await Host.TickAsync();
    }
}
