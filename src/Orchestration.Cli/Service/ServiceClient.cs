using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Orchestration.Cli.Output;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Hyper2Kvm;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.Validation;
using Orchestration.Protocol.Workers;

namespace Orchestration.Cli.Service;

/// <summary>The service's HTTP interface.</summary>
internal sealed class ServiceClient : IDisposable
{
    private const int MostBrokenStreams = 5;

    private readonly HttpClient _http;
    private readonly bool _hasKey;

    /// <param name="address">Where the service listens.</param>
    /// <param name="key">Function key; null where none is needed.</param>
    public ServiceClient(Uri address, string? key)
    {
        _http = new HttpClient { BaseAddress = address };
        _hasKey = !string.IsNullOrEmpty(key);
        if (_hasKey)
        {
            _http.DefaultRequestHeaders.Add("x-functions-key", key);
        }
    }

    /// <summary>Submits a document.</summary>
    /// <returns>The job's id, which is another one than the document's where its idempotency key stands for an equal job.</returns>
    public async Task<string> SubmitAsync(ReadOnlyMemory<byte> document, DocumentFormat format, CancellationToken cancellationToken) =>
        (await PostAsync<Accepted>("jobs", document, MediaTypeOf(format), cancellationToken)).JobId;

    /// <summary>Submits the documents of a JSON array or of JSON lines.</summary>
    public Task<BatchReport> SubmitBatchAsync(ReadOnlyMemory<byte> batch, CancellationToken cancellationToken) =>
        PostAsync<BatchReport>("./jobs:batch", batch, "application/x-ndjson", cancellationToken);

    /// <summary>Asks what is wrong with a document.</summary>
    /// <returns>Nothing for a document that would be accepted.</returns>
    public async Task<IReadOnlyList<Violation>> ValidateAsync(ReadOnlyMemory<byte> document, DocumentFormat format, CancellationToken cancellationToken)
    {
        try
        {
            await PostAsync<JsonElement>("./jobs:validate", document, MediaTypeOf(format), cancellationToken);
            return [];
        }
        catch (CommandException exception) when (exception.Problem?.Violations is { Count: > 0 } violations)
        {
            return violations;
        }
    }

    /// <summary>What the worker that answers is and can do.</summary>
    public Task<WorkerDocument> GetCapabilitiesAsync(CancellationToken cancellationToken) => GetAsync<WorkerDocument>("capabilities", cancellationToken);

    /// <summary>All workers.</summary>
    public async Task<IReadOnlyList<WorkerDocument>> GetWorkersAsync(CancellationToken cancellationToken) =>
        (await GetAsync<WorkerList>("workers", cancellationToken)).Workers;

    public Task<JobView> GetJobAsync(string jobId, CancellationToken cancellationToken) =>
        GetAsync<JobView>(PathTo(jobId), cancellationToken);

    public Task<JobResult> GetResultAsync(string jobId, CancellationToken cancellationToken) =>
        GetAsync<JobResult>($"{PathTo(jobId)}/result", cancellationToken);

    /// <summary>A result file as it was written.</summary>
    public async Task<byte[]> GetArtifactAsync(string jobId, string name, CancellationToken cancellationToken)
    {
        var path = $"{PathTo(jobId)}/artifacts/{Uri.EscapeDataString(name)}";
        using var response = await SendAsync(() => _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken), cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>The result in the shape of hyper2kvm.</summary>
    public Task<Hyper2KvmResult> GetHyper2KvmResultAsync(string jobId, CancellationToken cancellationToken) =>
        GetAsync<Hyper2KvmResult>($"{PathTo(jobId)}/result?shape={Hyper2KvmDocument.MemberName}", cancellationToken);

    /// <summary>A page of jobs.</summary>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="query">Filters, each with an ampersand before it.</param>
    /// <param name="cursor">What the page before said; null for the first one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<JobList> ListAsync(int limit, string query, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<JobList>(ListPath("jobs", limit, query, cursor), cancellationToken);

    /// <summary>Asks something of a job: <c>cancel</c>, <c>pause</c> or <c>resume</c>.</summary>
    public async Task<JobView> CommandAsync(string jobId, string command, object body, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(body, options: ProtocolJson.Options);
        using var response = await SendAsync(
            () => _http.PostAsync(new Uri($"{PathTo(jobId)}/{command}", UriKind.Relative), content, cancellationToken), cancellationToken);
        return await ReadAsync<JobView>(response, cancellationToken);
    }

    /// <summary>Removes a page of jobs.</summary>
    /// <param name="query">Which, each member with an ampersand before it.</param>
    /// <param name="cursor">What the page before said; null for the first one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<PurgeReport> PurgeAsync(string query, string? cursor, CancellationToken cancellationToken) => PostAsync<PurgeReport>(
        $"./jobs:purge?{query.TrimStart('&')}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", default, "application/json", cancellationToken);

    /// <summary>Who runs and who waits.</summary>
    public Task<JobQueue> GetQueueAsync(CancellationToken cancellationToken) => GetAsync<JobQueue>("queue", cancellationToken);

    /// <summary>A page of jobs whose attempts are used up; as <see cref="ListAsync"/>.</summary>
    public Task<JobList> ListDeadLettersAsync(int limit, string query, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<JobList>(ListPath("dead-letter", limit, query, cursor), cancellationToken);

    /// <summary>Gives a job whose attempts are used up as many more as it had.</summary>
    public Task<JobView> RequeueAsync(string jobId, CancellationToken cancellationToken) =>
        PostAsync<JobView>($"dead-letter/{Uri.EscapeDataString(jobId)}/requeue", default, "application/json", cancellationToken);

    /// <summary>All schedules.</summary>
    public async Task<IReadOnlyList<ScheduleView>> GetSchedulesAsync(CancellationToken cancellationToken) =>
        (await GetAsync<ScheduleList>("schedules", cancellationToken)).Schedules;

    public Task<ScheduleView> GetScheduleAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<ScheduleView>(PathToSchedule(name), cancellationToken);

    /// <summary>Writes a schedule, be there one of that name or not.</summary>
    public async Task<ScheduleView> PutScheduleAsync(
        string name, ReadOnlyMemory<byte> document, DocumentFormat format, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(document);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeOf(format));
        using var response = await SendAsync(
            () => _http.PutAsync(new Uri(PathToSchedule(name), UriKind.Relative), content, cancellationToken), cancellationToken);
        return await ReadAsync<ScheduleView>(response, cancellationToken);
    }

    public async Task DeleteScheduleAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            () => _http.DeleteAsync(new Uri(PathToSchedule(name), UriKind.Relative), cancellationToken), cancellationToken);
    }

    /// <summary>Submits a schedule's jobs now.</summary>
    public Task<ScheduleRun> RunScheduleAsync(string name, CancellationToken cancellationToken) =>
        PostAsync<ScheduleRun>($"{PathToSchedule(name)}/run", default, "application/json", cancellationToken);

    /// <summary>The events of a job so far.</summary>
    public async Task<IReadOnlyList<ProgressEvent>> GetEventsAsync(string jobId, long since, CancellationToken cancellationToken) =>
        (await GetAsync<EventPage>($"{PathTo(jobId)}/events?since={since.ToString(CultureInfo.InvariantCulture)}", cancellationToken)).Events;

    /// <summary>The events of a job, those to come included, until it has ended. A connection that breaks is taken up where it broke.</summary>
    public async IAsyncEnumerable<ProgressEvent> FollowEventsAsync(
        string jobId, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{PathTo(jobId)}/events?since={since.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative));
            request.Headers.Accept.ParseAdd("text/event-stream");
            using var response = await SendAsync(
                () => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using var items = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await items.MoveNextAsync())
                    {
                        yield break;
                    }
                }
                catch (Exception exception) when (exception is IOException or HttpRequestException && ++failures <= MostBrokenStreams)
                {
                    break;
                }

                if (JsonSerializer.Deserialize<ProgressEvent>(items.Current.Data, ProtocolJson.Options) is { } happened)
                {
                    yield return happened;
                    since = happened.Sequence + 1;
                    failures = 0;
                }
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static string PathTo(string jobId) => $"jobs/{Uri.EscapeDataString(jobId)}";

    private static string PathToSchedule(string name) => $"schedules/{Uri.EscapeDataString(name)}";

    private static string ListPath(string list, int limit, string query, string? cursor) =>
        $"{list}?limit={limit.ToString(CultureInfo.InvariantCulture)}{query}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}";

    private static string MediaTypeOf(DocumentFormat format) => format == DocumentFormat.Yaml ? "application/yaml" : "application/json";

    private async Task<T> PostAsync<T>(string path, ReadOnlyMemory<byte> body, string mediaType, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var response = await SendAsync(() => _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() => _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await response.Content.ReadFromJsonAsync<T>(ProtocolJson.Options, cancellationToken)
            ?? throw new CommandException(ExitCode.Unreachable, "The service answered with an empty document.");

    private async Task<HttpResponseMessage> SendAsync(
        Func<Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await send();
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException(
                ExitCode.Unreachable, $"The service at {_http.BaseAddress} cannot be reached: {exception.Message}. Start it with './run --serve'.", exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await DescribeAsync(response, cancellationToken);
        }
    }

    private async Task<CommandException> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new CommandException(ExitCode.Refused, _hasKey
                ? "The service does not know this key: look at --key and ORCHESTRATE_KEY."
                : "The service wants a key: give --key, or set ORCHESTRATE_KEY.");
        }

        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return new CommandException(ExitCode.Unreachable, $"{_http.BaseAddress} answered {(int)response.StatusCode} {response.ReasonPhrase}, not as this service does: look at --url and ORCHESTRATE_URL.");
        }

        var problem = await ReadAsync<ServiceProblem>(response, cancellationToken);
        var lines = problem.Violations is { Count: > 0 } violations
            ? violations.Select(violation => $"  {Summary.Describe(violation)}")
            : [$"  {problem.Detail}"];
        var exitCode = (int)response.StatusCode >= 500 ? ExitCode.Unreachable : ExitCode.Refused;
        return new CommandException(exitCode, string.Join('\n', [$"{problem.Code}: {problem.Title}", .. lines])) { Problem = problem };
    }

    private sealed record Accepted(string JobId);

    private sealed record WorkerList(IReadOnlyList<WorkerDocument> Workers);

    private sealed record EventPage(IReadOnlyList<ProgressEvent> Events);
}
