using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Orchestration.Jobs.Bench;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Orchestration.TestSupport;

// jobs-bench [FOLDER] [JOBS] [CONNECTIONS] [KILL-EVERY]: echo jobs over HTTP against a service and an emulator of its own; every durable
// commit is synced, every document and result is a blob on disk. FOLDER, for both, should be on the disk to be measured. With KILL-EVERY,
// the service is killed after so many seconds, again and again until all jobs are submitted, and what got no answer is submitted again.
var folder = args.ElementAtOrDefault(0) ?? Path.GetTempPath();
var jobs = int.Parse(args.ElementAtOrDefault(1) ?? "10000", CultureInfo.InvariantCulture);
var connections = int.Parse(args.ElementAtOrDefault(2) ?? "64", CultureInfo.InvariantCulture);
var killEvery = TimeSpan.FromSeconds(double.Parse(args.ElementAtOrDefault(3) ?? "0", CultureInfo.InvariantCulture));
const int LightJobs = 200;

// Until then the service compiles its code, which is not what is measured.
const int WarmUpJobs = 3000;

var blobs = Directory.CreateDirectory(Path.Combine(folder, $"jobs-bench-blobs-{Environment.ProcessId}"));
await using var azurite = await Azurite.StartAsync(blobs);
await using var service = await ServiceUnderLoad.StartAsync(azurite, folder);
using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = connections };
using var http = new HttpClient(handler) { BaseAddress = service.Address };

await SubmitAllAsync("warm-up", WarmUpJobs);
await WaitForAllAsync(WarmUpJobs);
Report("Light load, one job at a time, sent to result seen", await RunOneByOneAsync("light", LightJobs));

var (processor, emulator, client) = (service.ProcessorSeconds, azurite.ProcessorSeconds, Environment.CpuUsage.TotalTime.TotalSeconds);
var began = Stopwatch.GetTimestamp();
using var submitting = new CancellationTokenSource();
var killing = killEvery > TimeSpan.Zero ? KillAgainAndAgainAsync(submitting.Token) : Task.CompletedTask;
await SubmitAllAsync("load", jobs);
await submitting.CancelAsync();
await killing;
var accepted = Stopwatch.GetElapsedTime(began);
var all = await WaitForAllAsync(WarmUpJobs + LightJobs + jobs);
var elapsed = Stopwatch.GetElapsedTime(began);
var load = all.Where(job => job.JobId.StartsWith("load-", StringComparison.Ordinal)).ToList();

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
    {jobs} jobs over {connections} connections, {Environment.ProcessorCount} cores for service, emulator and this program together:
      accepted  {jobs / accepted.TotalSeconds,8:F0} jobs/s ({accepted.TotalSeconds:F1} s)
      completed {jobs / elapsed.TotalSeconds,8:F0} jobs/s ({elapsed.TotalSeconds:F1} s)
      service   {(service.ProcessorSeconds - processor) / jobs * 1000,8:F2} ms of processor time a job, peak memory {service.PeakMemory:F0} MiB
      emulator  {(azurite.ProcessorSeconds - emulator) / jobs * 1000,8:F2} ms of processor time a job
      this      {(Environment.CpuUsage.TotalTime.TotalSeconds - client) / jobs * 1000,8:F2} ms of processor time a job
    """));
Report("Accepted to completed under load", [.. load.Select(job => (job.EndedAt!.Value - job.SubmittedAt).TotalMilliseconds)]);
await CheckAsync();
await azurite.StopAsync();
blobs.Delete(recursive: true);

async Task<double[]> RunOneByOneAsync(string kind, int count)
{
    var latencies = new double[count];
    for (var number = 0; number < count; number++)
    {
        var sent = Stopwatch.GetTimestamp();
        var jobId = JobId(kind, number);
        await SubmitAsync(jobId);
        while (true)
        {
            using var response = await http.GetAsync(new Uri($"jobs/{jobId}/result", UriKind.Relative));
            if (response.IsSuccessStatusCode)
            {
                break;
            }

            await Task.Delay(1);
        }

        latencies[number] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
    }

    return latencies;
}

async Task SubmitAllAsync(string kind, int count)
{
    var submitted = 0;
    await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
    {
        while (Interlocked.Increment(ref submitted) is var number && number <= count)
        {
            await SubmitAsync(JobId(kind, number));
        }
    }));
}

async Task SubmitAsync(string jobId)
{
    var document = $$"""
        {"version": "1.0", "job_id": "{{jobId}}", "created_at": "2026-03-01T08:00:00Z", "kind": "VMOperation", "operation": "system.echo",
         "payload": {"type": "system.echo.v1", "data": {"message": "{{jobId}}"} } }
        """;
    while (true)
    {
        try
        {
            using var content = new StringContent(document, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(new Uri("jobs", UriKind.Relative), content);

            // Of a job that was submitted again, the first answer may have been lost by a kill.
            if (response.StatusCode != HttpStatusCode.Conflict || killEvery == TimeSpan.Zero)
            {
                response.EnsureSuccessStatusCode();
            }

            return;
        }
        catch (HttpRequestException exception) when (killEvery > TimeSpan.Zero && exception.StatusCode is null)
        {
            await Task.Delay(50);
        }
    }
}

async Task KillAgainAndAgainAsync(CancellationToken cancellationToken)
{
    try
    {
        while (true)
        {
            await Task.Delay(killEvery, cancellationToken);
            await service.KillAsync();
        }
    }
    catch (OperationCanceledException)
    {
        // All jobs are submitted.
    }
}

async Task<List<JobSummary>> WaitForAllAsync(int count)
{
    while (true)
    {
        var open = await http.GetFromJsonAsync<JobList>("jobs?state=pending,queued,assigned,running&limit=1", ProtocolJson.Options);
        if (open is { Jobs: [] })
        {
            var list = await ListAsync();
            if (list.Count == count && list.TrueForAll(job => JobStateMachine.IsTerminal(job.State)))
            {
                return list;
            }
        }

        await Task.Delay(100);
    }
}

async Task<List<JobSummary>> ListAsync()
{
    var list = new List<JobSummary>();
    string? next = null;
    do
    {
        var cursor = next is null ? "" : $"&cursor={Uri.EscapeDataString(next)}";
        var page = (await http.GetFromJsonAsync<JobList>($"jobs?limit=1000{cursor}", ProtocolJson.Options))!;
        list.AddRange(page.Jobs);
        next = page.Next;
    }
    while (next is not null);
    return list;
}

async Task CheckAsync()
{
    var results = new HashSet<string>(StringComparer.Ordinal);
    await foreach (var blob in azurite.Client.GetBlobContainerClient("results").GetBlobsAsync())
    {
        results.Add(blob.Name);
    }

    var lost = Enumerable.Range(1, jobs).Select(number => JobId("load", number)).Where(job => !results.Contains($"{job}/result.json")).ToList();
    var failed = load.Where(job => job.State != JobState.Completed).ToList();
    // A step whose process was killed before its answer was stored is run again, and only that may be.
    var twice = service.StepRuns.Where(job => job.Value != 1).ToList();
    Console.WriteLine(
        $"Killed: {service.Kills} times. Lost: {lost.Count}. Not completed: {failed.Count}. Run twice: {twice.Count} of {service.StepRuns.Count} seen to run. Warnings in the log: {service.Warnings.Count}.");
    if (lost.Count + failed.Count > 0 || (twice.Count > 0 && service.Kills == 0))
    {
        throw new InvalidOperationException($"Jobs were lost, failed or run twice: {string.Join(", ", lost.Concat(failed.Select(job => job.JobId)).Concat(twice.Select(job => job.Key)).Take(10))}");
    }
}

static string JobId(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number:D8}");

static void Report(string what, double[] milliseconds)
{
    Array.Sort(milliseconds);
    double At(double share) => milliseconds[(int)Math.Min(milliseconds.Length - 1, milliseconds.Length * share)];
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: p50 {At(0.5):F1} ms, p95 {At(0.95):F1} ms, p99 {At(0.99):F1} ms"));
}
