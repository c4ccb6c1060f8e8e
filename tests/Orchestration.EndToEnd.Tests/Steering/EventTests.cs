using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.States;

namespace Orchestration.EndToEnd.Tests.Steering;

/// <summary>What the service tells of the way of jobs.</summary>
[Collection(RunningService.Collection)]
public class EventTests(RunningService service)
{
    private static readonly JobState[] GoodWay =
        [JobState.Created, JobState.Validated, JobState.Queued, JobState.Assigned, JobState.Running, JobState.Progressing, JobState.Completed];

    [Theory]
    [InlineData("event-light-01", false)]
    [InlineData("event-logged-01", true)]
    public async Task The_events_of_a_job_are_its_way_through_the_states_numbered_without_gaps(string jobId, bool logged)
    {
        await service.RunAsync(Jobs.Echo(jobId, logged ? new JsonObject { ["delay_ms"] = 10 } : null));

        var events = await GetAsync(jobId);

        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(happened => (int)happened.Sequence));
        Assert.Equal(GoodWay, events.Select(happened => happened.ReadState()).OfType<JobState>());
        Assert.Equal(logged, events.Any(happened => happened.Details!.ContainsKey(ProgressEvent.StepDetail)));
        Assert.All(events, happened => Assert.Equal(jobId, happened.JobId));
        Assert.Equal(100, events[^1].ProgressPercent);
    }

    [Fact]
    public async Task Events_can_be_asked_for_from_a_place_on()
    {
        await service.RunAsync(Jobs.Echo("event-since-01"));

        var events = await GetAsync("event-since-01", "?since=5");
        using var wrong = await service.Http.GetAsync("jobs/event-since-01/events?since=-1");
        using var unknown = await service.Http.GetAsync("jobs/no-such-job-7/events");

        Assert.Equal(5, events[0].Sequence);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Events_are_streamed_until_the_job_has_ended()
    {
        using var accepted = await service.SubmitAsync(Jobs.Echo("event-stream-01", new JsonObject { ["delay_ms"] = 1500 }));
        accepted.EnsureSuccessStatusCode();

        var events = await StreamAsync("event-stream-01", lastEventId: null);

        Assert.Equal(GoodWay, events.Select(happened => happened.ReadState()).OfType<JobState>());
        Assert.Equal(await GetAsync("event-stream-01"), events, SameEvent);
    }

    [Fact]
    public async Task A_stream_that_broke_goes_on_after_the_last_event_that_was_seen()
    {
        await service.RunAsync(Jobs.Echo("event-resume-01", new JsonObject { ["delay_ms"] = 10 }));
        var all = await GetAsync("event-resume-01");

        var rest = await StreamAsync("event-resume-01", lastEventId: "2");

        Assert.Equal(all.Skip(3), rest, SameEvent);
    }

    [Fact]
    public async Task A_job_that_was_terminated_from_outside_has_its_end_among_its_events()
    {
        using var accepted = await service.SubmitAsync(Jobs.Echo("event-terminated-1", new JsonObject { ["delay_ms"] = 5000 }));
        var body = await accepted.Content.ReadFromJsonAsync<JsonElement>();
        using var terminated = await service.Http.PostAsync(body.GetProperty("orchestration").GetProperty("terminatePostUri").GetString(), null);

        var events = await StreamAsync("event-terminated-1", lastEventId: null);

        Assert.Equal(JobState.Cancelled, events[^1].ReadState());
    }

    private static bool SameEvent(ProgressEvent one, ProgressEvent other) =>
        JsonSerializer.Serialize(one, ProtocolJson.Options) == JsonSerializer.Serialize(other, ProtocolJson.Options);

    private async Task<List<ProgressEvent>> GetAsync(string jobId, string query = "")
    {
        var page = await service.Http.GetFromJsonAsync<JsonElement>($"jobs/{jobId}/events{query}");
        return page.GetProperty("events").Deserialize<List<ProgressEvent>>(ProtocolJson.Options)!;
    }

    private async Task<List<ProgressEvent>> StreamAsync(string jobId, string? lastEventId)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"jobs/{jobId}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var response = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new List<ProgressEvent>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(timeout.Token)).EnumerateAsync(timeout.Token))
        {
            Assert.Equal(ProgressEvent.StreamEventType, item.EventType);
            var happened = JsonSerializer.Deserialize<ProgressEvent>(item.Data, ProtocolJson.Options)!;
            Assert.Equal(happened.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture), item.EventId);
            events.Add(happened);
        }

        return events;
    }
}
