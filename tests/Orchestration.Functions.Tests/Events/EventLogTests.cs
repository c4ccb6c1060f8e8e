using Microsoft.Extensions.Configuration;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Events;
using Orchestration.Functions.Storage;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.States;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Events;

public class EventLogTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Events_are_numbered_in_the_order_in_which_they_were_written()
    {
        var log = await OpenAsync();
        await log.AppendAsync("event-log-1", [Progress("one", 10), Progress("two", 40)], isProgress: true, CancellationToken.None);
        await log.AppendAsync("event-log-1", [Progress("three", 30)], isProgress: true, CancellationToken.None);

        var events = await log.ReadAsync("event-log-1", CancellationToken.None);

        Assert.Equal([(0, "one"), (1, "two"), (2, "three")], events!.Select(happened => ((int)happened.Sequence, happened.Message)));
        Assert.Equal([10, 40, 40], events!.Select(happened => happened.ProgressPercent!.Value));
    }

    [Fact]
    public async Task A_change_of_state_that_is_told_again_is_one_event()
    {
        var log = await OpenAsync();
        var first = new StateChanges("event-log-2", 1, 0, [new StateChange(JobState.Created, Start, null), new StateChange(JobState.Validated, Start, null)]);
        var second = new StateChanges("event-log-2", 1, 2, [new StateChange(JobState.Queued, Start, null)]);
        foreach (var changes in new[] { first, first, second, second })
        {
            await log.AppendAsync(changes.JobId, changes.ToEvents(), isProgress: false, CancellationToken.None);
        }

        var events = await log.ReadAsync("event-log-2", CancellationToken.None);

        Assert.Equal([JobState.Created, JobState.Validated, JobState.Queued], events!.Select(happened => happened.ReadState()!.Value));
    }

    [Fact]
    public async Task A_reader_goes_on_where_it_stopped_and_begins_anew_with_a_new_log()
    {
        var log = await OpenAsync();
        var reader = await log.OpenAsync("event-log-9", CancellationToken.None);
        Assert.False(await reader.ReadAsync(CancellationToken.None));
        Assert.Null(reader.Events);

        await log.AppendAsync("event-log-9", [Progress("one", 50)], isProgress: true, CancellationToken.None);
        Assert.True(await reader.ReadAsync(CancellationToken.None));
        Assert.False(await reader.ReadAsync(CancellationToken.None));
        await log.AppendAsync("event-log-9", [Progress("two", 20)], isProgress: true, CancellationToken.None);
        Assert.True(await reader.ReadAsync(CancellationToken.None));
        Assert.Equal([(0, "one", 50), (1, "two", 50)], Told(reader));

        await log.RemoveAsync("event-log-9", CancellationToken.None);
        await log.AppendAsync("event-log-9", [Progress("a new run of the job has a log of its own", 10)], isProgress: true, CancellationToken.None);
        Assert.True(await reader.ReadAsync(CancellationToken.None));
        Assert.Equal([(0, "a new run of the job has a log of its own", 10)], Told(reader));

        static IEnumerable<(int, string, int?)> Told(EventLogReader reader) =>
            reader.Events!.Select(happened => ((int)happened.Sequence, happened.Message, happened.ProgressPercent));
    }

    [Fact]
    public async Task A_full_log_takes_no_more_progress_but_still_the_end_of_the_job()
    {
        var log = await OpenAsync();
        var large = Progress(new string('x', 250_000), null);
        for (var written = 0; written < 6; written++)
        {
            await log.AppendAsync("event-log-3", [large], isProgress: true, CancellationToken.None);
        }

        await log.AppendAsync(
            "event-log-3", new StateChanges("event-log-3", 1, 0, [new StateChange(JobState.Failed, Start, "TIMEOUT")]).ToEvents(), isProgress: false, CancellationToken.None);

        var events = await log.ReadAsync("event-log-3", CancellationToken.None);

        Assert.Equal(EventLog.MaximumProgressBytes / 250_000 + 1, events!.Count);
        Assert.Equal(JobState.Failed, events[^1].ReadState());
    }

    [Fact]
    public async Task A_job_without_a_log_has_no_events_rather_than_an_empty_log() =>
        Assert.Null(await (await OpenAsync()).ReadAsync("event-log-4", CancellationToken.None));

    private static LoggedEvent Progress(string message, int? percent) => new(
        new ProgressEvent { JobId = "event-log", Timestamp = Start, Phase = Phases.Execution, Message = message, ProgressPercent = percent }, Key: null);

    private static async Task<EventLog> OpenAsync()
    {
        var azurite = await Azurite.Shared;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", azurite.ConnectionString)])
            .Build();
        return new EventLog(new StorageAccounts(configuration));
    }
}
