using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.DurableTask.Client;
using NSubstitute;
using Orchestration.Functions.Index;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Xunit.Abstractions;

namespace Orchestration.Functions.Tests.Index;

public sealed class JobListerTests(EmulatorOfItsOwn emulator, ITestOutputHelper output) : IClassFixture<EmulatorOfItsOwn>, IAsyncLifetime
{
    /// <summary>More than a segment holds; 100,000 for a measurement.</summary>
    private static readonly int ManyJobs = int.Parse(Environment.GetEnvironmentVariable("JOB_LIST_SIZE") ?? "12000", CultureInfo.InvariantCulture);

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly DurableTaskClient _client = Substitute.For<DurableTaskClient>("test");
    private readonly JobIndex _index = emulator.OpenIndex();

    /// <summary>A list shows every job of the account, so each test begins with none.</summary>
    public async Task InitializeAsync()
    {
        await foreach (var segment in _index.ListSegmentsAsync(CancellationToken.None))
        {
            await _index.RemoveSegmentAsync(segment, CancellationToken.None);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Jobs_are_listed_newest_first_page_by_page_and_each_once()
    {
        await AddAsync(Enumerable.Range(0, 25).Select(number => Job(number)));

        var (jobs, pages) = await ListAllAsync(new JobFilter(), limit: 10);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(JobId), jobs.Select(job => job.JobId));
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Jobs_that_come_while_pages_are_turned_move_no_other()
    {
        await AddAsync(Enumerable.Range(0, 20).Select(number => Job(number)));
        var first = await ListAsync(new JobFilter(), 10, cursor: null);

        await AddAsync(Enumerable.Range(20, 5).Select(number => Job(number)));
        var second = await ListAsync(new JobFilter(), 10, first.Next);

        Assert.Equal(Enumerable.Range(0, 20).Reverse().Select(JobId), first.Jobs.Concat(second.Jobs).Select(job => job.JobId));
    }

    [Fact]
    public async Task Jobs_of_several_processes_are_all_listed()
    {
        var other = emulator.OpenIndex();
        await AddAsync(Enumerable.Range(0, 10).Select(number => Job(number)));
        await AddAsync(Enumerable.Range(10, 10).Select(number => Job(number)), other);

        var (jobs, _) = await ListAllAsync(new JobFilter(), limit: 7);

        Assert.Equal(Enumerable.Range(0, 20).Select(JobId), jobs.Select(job => job.JobId).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("state=failed", 3)]
    [InlineData("state=failed,completed", 30)]
    [InlineData("state=timeout", 0)]
    [InlineData("operation=guestkit.inspect", 15)]
    [InlineData("namespace=team-1", 10)]
    [InlineData("label=rack:4", 6)]
    [InlineData("label=rack:4&label=tier:none", 0)]
    [InlineData("text=JOB-0000002", 10)]
    [InlineData("text=web 7", 1)]
    [InlineData("from=2026-03-01T08:00:10Z&to=2026-03-01T08:00:20Z", 10)]
    [InlineData("state=failed&namespace=team-0", 1)]
    public async Task A_list_can_be_narrowed(string query, int expected)
    {
        await AddAsync(Enumerable.Range(0, 30).Select(number => Job(number)));
        Assert.Null(JobFilter.TryRead(Query(query), [], out var filter));

        var (jobs, _) = await ListAllAsync(filter, limit: 4);

        Assert.Equal(expected, jobs.Count);
    }

    [Theory]
    [InlineData("state=asleep", "state")]
    [InlineData("label=rack", "label")]
    [InlineData("from=yesterday", "from")]
    [InlineData("stat=failed", "stat")]
    public void A_query_that_makes_no_sense_is_refused_by_its_member(string query, string member) =>
        Assert.Equal(member, JobFilter.TryRead(Query(query), [], out _)?.Name);

    [Theory]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("YWJj")]
    public void A_cursor_that_no_page_gave_is_none(string text) => Assert.Null(JobCursor.TryParse(text));

    [Fact]
    public async Task A_line_that_is_written_twice_is_one_job_and_a_job_that_runs_again_has_not_ended()
    {
        var segment = _index.AssignSegment();
        var (jobId, job, _) = Job(1);
        await _index.AddAsync(segment, new IndexLine(jobId, job), CancellationToken.None);
        await _index.AddAsync(segment, new IndexLine(jobId, State: JobState.DeadLettered, EndedAt: Start), CancellationToken.None);
        await _index.AddAsync(segment, new IndexLine(jobId, job), CancellationToken.None);
        var ended = Assert.Single(await _index.ReadSegmentAsync(segment, CancellationToken.None));
        await _index.AddAsync(segment, new IndexLine(jobId), CancellationToken.None);
        var again = Assert.Single(await _index.ReadSegmentAsync(segment, CancellationToken.None));

        Assert.Equal(JobState.DeadLettered, ended.State);
        Assert.Null(again.State);
    }

    [Fact]
    public async Task Many_jobs_are_listed_in_pages_that_take_no_longer_towards_the_end()
    {
        await AddAsync(Enumerable.Range(0, ManyJobs).Select(number => Job(number)));
        var times = new List<double>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (string? cursor = null; ;)
        {
            var began = Stopwatch.GetTimestamp();
            var page = await ListAsync(new JobFilter(), 1000, cursor);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            Assert.All(page.Jobs, job => Assert.True(seen.Add(job.JobId)));
            if ((cursor = page.Next) is null)
            {
                break;
            }
        }

        var search = Stopwatch.GetTimestamp();
        var (found, pages) = await ListAllAsync(new JobFilter { Text = "job-00000042" }, 10);
        output.WriteLine(
            $"{times.Count} pages of 1000: median {times.Order().ElementAt(times.Count / 2):F0} ms, worst {times.Max():F0} ms; "
            + $"one job by text: {Stopwatch.GetElapsedTime(search).TotalMilliseconds:F0} ms in {pages} pages");
        Assert.Equal(ManyJobs, seen.Count);
        Assert.Single(found);
    }

    private static string JobId(int number) => $"job-{number:D8}";

    /// <summary>One job a second, every tenth failed, of two operations, three namespaces, five racks.</summary>
    private static (string JobId, IndexedJob Job, JobState State) Job(int number) => (
        JobId(number),
        new IndexedJob(
            number % 2 == 0 ? "guestkit.inspect" : "system.echo",
            Start.AddSeconds(number),
            $"web {number}",
            $"team-{number % 3}",
            new Dictionary<string, string> { ["rack"] = $"{number % 5}" }),
        number % 10 == 0 ? JobState.Failed : JobState.Completed);

    private static QueryCollection Query(string text) =>
        new(QueryHelpers.ParseQuery(text));

    private async Task AddAsync(IEnumerable<(string JobId, IndexedJob Job, JobState State)> jobs, JobIndex? index = null)
    {
        index ??= _index;
        foreach (var some in jobs.Chunk(1000))
        {
            // Written side by side, lines would come in any order.
            var lines = some.Select(job => (Segment: index.AssignSegment(), job)).ToList();
            var ordered = lines.Count <= 100;
            foreach (var together in ordered ? lines.Chunk(1) : [[.. lines]])
            {
                await Task.WhenAll(together.Select(line =>
                    index.AddAsync(line.Segment, new IndexLine(line.job.JobId, line.job.Job), CancellationToken.None)));
            }

            await Task.WhenAll(lines.Select(line =>
                index.AddAsync(line.Segment, new IndexLine(line.job.JobId, State: line.job.State, EndedAt: Start), CancellationToken.None)));
        }
    }

    private async Task<(List<JobSummary> Jobs, int Pages)> ListAllAsync(JobFilter filter, int limit)
    {
        var (jobs, pages) = (new List<JobSummary>(), 0);
        string? next = null;
        do
        {
            var page = await ListAsync(filter, limit, next);
            Assert.InRange(page.Jobs.Count, 0, limit);
            jobs.AddRange(page.Jobs);
            next = page.Next;
            pages++;
        }
        while (next is not null);
        return (jobs, pages);
    }

    private Task<JobList> ListAsync(JobFilter filter, int limit, string? cursor) =>
        new JobLister(_index).ListAsync(_client, filter, limit, cursor is null ? null : JobCursor.TryParse(cursor), CancellationToken.None);
}
