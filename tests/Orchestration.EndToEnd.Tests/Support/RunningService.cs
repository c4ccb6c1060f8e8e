using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Orchestration.Protocol;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Support;

/// <summary>A service with storage that holds the sample image, and what tests do with it. Shared by the tests of the collection.</summary>
public sealed class RunningService : IAsyncLifetime
{
    public const string Collection = "running service";

    /// <summary>What the command takes from its environment; this service asks for none.</summary>
    public const string CommandKey = "key-of-the-environment";

    private static readonly TimeSpan JobTimeout = TimeSpan.FromSeconds(60);
    private Azurite? _azurite;
    private ServiceProcess? _service;

    public Azurite Azurite => _azurite ?? throw new InvalidOperationException("Not started.");

    public HttpClient Http => Service.Http;

    internal ServiceProcess Service => _service ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        await UploadAsync("images", "debian-12.qcow2", SampleImage.Path);
        _service = await ServiceProcess.StartAsync(_azurite, ("Images__Keys__other", "wrong"), ("Images__Keys__web", QemuEncryption.Passphrase));
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        await Azurite.DisposeAsync();
    }

    public async Task UploadAsync(string container, string name, string file)
    {
        await using var content = File.OpenRead(file);
        await UploadAsync(container, name, content);
    }

    public async Task UploadAsync(string container, string name, Stream content)
    {
        var client = Azurite.Client.GetBlobContainerClient(container);
        await client.CreateIfNotExistsAsync();
        await client.GetBlobClient(name).UploadAsync(content, overwrite: true);
    }

    public Task<HttpResponseMessage> SubmitAsync(JsonNode document) => SubmitAsync(document.ToJsonString());

    public async Task<HttpResponseMessage> SubmitAsync(string document)
    {
        using var content = new StringContent(document, Encoding.UTF8, "application/json");
        return await Http.PostAsync("jobs", content);
    }

    /// <summary>Submits a document that must be accepted, and waits for the job's end.</summary>
    public async Task<JobResult> RunAsync(JsonNode document)
    {
        using var response = await SubmitAsync(document);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await WaitForResultAsync(document["job_id"]!.GetValue<string>());
    }

    /// <summary>Waits until a job has ended; its view and its result must agree.</summary>
    public async Task<JobResult> WaitForResultAsync(string jobId)
    {
        using var timeout = new CancellationTokenSource(JobTimeout);
        while (true)
        {
            var job = await FindJobAsync(jobId);
            if (job is not null && JobStateMachine.IsTerminal(job.State))
            {
                var result = await Http.GetFromJsonAsync<JobResult>($"jobs/{jobId}/result", ProtocolJson.Options);
                Assert.Equal(job.Status, result!.Status);
                return result;
            }

            Assert.False(timeout.IsCancellationRequested, $"Job {jobId} did not end: {JsonSerializer.Serialize(job, ProtocolJson.Options)}\n{Service.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    public async Task<JobView?> FindJobAsync(string jobId)
    {
        using var response = await Http.GetAsync($"jobs/{jobId}");
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JobView>(ProtocolJson.Options) : null;
    }

    public async Task<JsonElement> GetArtifactAsync(string jobId, string name) =>
        await Http.GetFromJsonAsync<JsonElement>($"jobs/{jobId}/artifacts/{name}");

    /// <summary>Runs the command against this service.</summary>
    public async Task<(int ExitCode, string Output, string Error)> CommandAsync(params IEnumerable<string> arguments)
    {
        using var process = StartCommand(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts <c>orchestrate</c>, which knows where this service and its storage are.</summary>
    public Process StartCommand(params IEnumerable<string> arguments)
    {
        var start = BuiltPrograms.Start(BuiltPrograms.Command, arguments);
        start.Environment["ORCHESTRATE_URL"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Service.Port}");
        start.Environment["ORCHESTRATE_STORAGE"] = Azurite.ConnectionString;
        start.Environment["ORCHESTRATE_KEY"] = CommandKey;
        return Process.Start(start) ?? throw new InvalidOperationException("The command did not start.");
    }

    /// <summary>Waits until a blob is there, and gives its text.</summary>
    public async Task<string> WaitForBlobAsync(string container, string name)
    {
        using var timeout = new CancellationTokenSource(JobTimeout);
        BlobClient blob = Azurite.Client.GetBlobContainerClient(container).GetBlobClient(name);
        while (!await blob.ExistsAsync(timeout.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
        }

        return (await blob.DownloadContentAsync(timeout.Token)).Value.Content.ToString();
    }
}

[CollectionDefinition(RunningService.Collection)]
public sealed class RunningServiceGroup : ICollectionFixture<RunningService>;
