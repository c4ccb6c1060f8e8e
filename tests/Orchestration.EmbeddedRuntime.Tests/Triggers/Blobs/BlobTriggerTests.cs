using System.Globalization;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.TestSupport;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Blobs;

/// <summary>Against the emulator; each test has a container of its own.</summary>
public sealed class BlobTriggerTests : IAsyncLifetime
{
    private readonly string _container = $"watched-{Guid.NewGuid():N}";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("blob-trigger-");
    private Azurite _azurite = null!;

    private BlobContainerClient Container => _azurite.Client.GetBlobContainerClient(_container);

    public async Task InitializeAsync() => _azurite = await Azurite.Shared;

    public Task DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_new_blob_starts_the_function_with_its_name_and_content()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        await UploadAsync("a.b.json", "content");

        Assert.Equal("a.b: content", await host.Received.NextAsync());
    }

    [Fact]
    public async Task A_blob_that_was_there_before_the_host_starts_the_function()
    {
        await UploadAsync("early.json", "content");

        await using var host = await StartAsync(typeof(TextFunction));

        Assert.Equal("early: content", await host.Received.NextAsync());
    }

    [Fact]
    public async Task A_blob_that_does_not_match_is_left_alone()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        await UploadAsync("other.yaml", "content");
        await UploadAsync("wanted.json", "content");

        Assert.Equal("wanted: content", await host.Received.NextAsync());
        Assert.Empty(host.Received.Rest());
    }

    [Fact]
    public async Task A_new_version_starts_the_function_again()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        await UploadAsync("a.json", "one");
        Assert.Equal("a: one", await host.Received.NextAsync());

        await UploadAsync("a.json", "two");

        Assert.Equal("a: two", await host.Received.NextAsync());
    }

    [Fact]
    public async Task Many_blobs_are_each_delivered_once()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        var names = Enumerable.Range(0, 60).Select(number => number.ToString("00", CultureInfo.InvariantCulture)).ToArray();
        await Parallel.ForEachAsync(names, async (name, _) => await UploadAsync($"{name}.json", "x"));

        Assert.Equal(names.Select(name => $"{name}: x"), await host.Received.NextAsync(names.Length));
        await UploadAsync("last.json", "x");
        Assert.Equal("last: x", await host.Received.NextAsync());
        Assert.Empty(host.Received.Rest());
    }

    [Fact]
    public async Task No_more_functions_run_at_once_than_host_json_allows()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 9), async (number, _) => await UploadAsync($"{number}", "x"));
        await using var host = await StartAsync(typeof(GatedFunction), parallelism: "3");

        Assert.Equal(["1 at once", "2 at once", "3 at once"], await host.Received.NextAsync(3));
        GatedFunction.Gate.SetResult();

        Assert.All(await host.Received.NextAsync(6), report => Assert.InRange(report[0], '1', '3'));
    }

    [Fact]
    public async Task After_a_restart_only_what_is_new_is_delivered()
    {
        await UploadAsync("old.json", "x");
        await using (var first = await StartAsync(typeof(TextFunction)))
        {
            Assert.Equal("old: x", await first.Received.NextAsync());
        }

        await UploadAsync("new.json", "x");
        await using var second = await StartAsync(typeof(TextFunction));

        Assert.Equal("new: x", await second.Received.NextAsync());
        Assert.Empty(second.Received.Rest());
    }

    [Theory]
    [InlineData(typeof(BytesFunction))]
    [InlineData(typeof(StreamFunction))]
    [InlineData(typeof(BinaryDataFunction))]
    [InlineData(typeof(ClientFunction))]
    [InlineData(typeof(ObjectFunction))]
    public async Task A_blob_can_be_had_in_many_shapes(Type functions)
    {
        await using var host = await StartAsync(functions);
        await UploadAsync("a", """{"Size":7}""");

        Assert.Equal("""{"Size":7}""", await host.Received.NextAsync());
    }

    [Fact]
    public async Task The_binding_data_names_the_blob_and_its_tokens()
    {
        await using var host = await StartAsync(typeof(ContextFunction));
        await UploadAsync("acme/one.json", "x");

        Assert.Equal($"{_container}/acme/one.json acme one", await host.Received.NextAsync());
    }

    [Fact]
    public async Task A_function_that_fails_is_tried_again_until_it_succeeds()
    {
        await using var host = await StartAsync(typeof(FailingFunction));
        await UploadAsync("2.json", "x");

        Assert.Equal(
            ["retry 0 of 4", "retry 1 of 4", "retry 2 of 4"],
            await host.Received.NextAsync(3));
        Assert.Empty(host.Logs.Of(1205));
    }

    [Fact]
    public async Task A_function_that_always_fails_is_given_up_and_stays_so_after_a_restart()
    {
        await UploadAsync("99.json", "x");
        await using (var first = await StartAsync(typeof(FailingFunction)))
        {
            Assert.Equal(5, (await first.Received.NextAsync(5)).Length);
            Assert.Equal(LogLevel.Error, (await first.Logs.WaitForAsync(1205)).Level);
        }

        await using var second = await StartAsync(typeof(FailingFunction));
        await UploadAsync("0.json", "x");

        Assert.Equal("retry 0 of 4", await second.Received.NextAsync());
        Assert.Empty(second.Received.Rest());
    }

    [Fact]
    public async Task A_deleted_blob_leaves_no_receipt_behind()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        await UploadAsync("a.json", "x");
        await host.Received.NextAsync();
        await WaitForReceiptsAsync(1);

        await Container.DeleteBlobAsync("a.json");

        await WaitForReceiptsAsync(0);
    }

    [Fact]
    public async Task A_blob_deleted_while_the_host_was_down_leaves_no_receipt_behind()
    {
        await using (var first = await StartAsync(typeof(TextFunction)))
        {
            await UploadAsync("a.json", "x");
            await first.Received.NextAsync();
            await WaitForReceiptsAsync(1);
        }

        await Container.DeleteBlobAsync("a.json");
        await using var second = await StartAsync(typeof(TextFunction));

        await WaitForReceiptsAsync(0);
    }

    [Fact]
    public async Task An_outage_of_storage_is_logged_once_and_ends_by_itself()
    {
        await using var own = await Azurite.StartAsync();
        await using var host = await StartAsync(typeof(TextFunction), own.ConnectionString);
        await own.StopAsync();
        await host.Logs.WaitForAsync(1201);

        await own.ResumeAsync();
        await host.Logs.WaitForAsync(1202);
        await own.Client.GetBlobContainerClient(_container).UploadBlobAsync("a.json", BinaryData.FromString("back"));

        Assert.Equal("a: back", await host.Received.NextAsync());
        Assert.Single(host.Logs.Of(1201));
    }

    [Fact]
    public async Task Without_its_connection_the_host_does_not_start()
    {
        using var host = TestHost.Build(typeof(TextFunction), new() { ["Watched"] = _container }, dataDirectory: _directory.FullName);

        var exception = await Assert.ThrowsAsync<FunctionHostException>(() => host.StartAsync());

        Assert.Equal("connection.missing", exception.Code);
        Assert.Equal("AzureWebJobsStorage", exception.Location);
    }

    [Fact]
    public async Task A_name_that_makes_the_listing_unreadable_holds_up_the_others_only_while_it_is_there()
    {
        await using var host = await StartAsync(typeof(TextFunction));
        await UploadAsync("first.json", "content");
        Assert.Equal("first: content", await host.Received.NextAsync());

        // The emulator writes the character into its XML as it is.
        await UploadAsync("control\u0001.json", "content");
        await host.Logs.WaitForAsync(1201);
        await Container.GetBlobClient("control\u0001.json").DeleteAsync();
        await UploadAsync("second.json", "content");

        Assert.Equal("second: content", await host.Received.NextAsync());
    }

    private Task<TestHost> StartAsync(Type functions, string? connection = null, string parallelism = "1") => TestHost.StartAsync(
        functions,
        new()
        {
            ["AzureWebJobsStorage"] = connection ?? _azurite.ConnectionString,
            ["Watched"] = _container,
            ["AzureFunctionsJobHost:extensions:blobs:maxDegreeOfParallelism"] = parallelism,
        },
        dataDirectory: _directory.FullName);

    private async Task UploadAsync(string name, string content)
    {
        await Container.CreateIfNotExistsAsync();
        await Container.GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true);
    }

    private async Task WaitForReceiptsAsync(int count)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var receipts = _azurite.Client.GetBlobContainerClient("azure-webjobs-hosts");
        while (true)
        {
            var found = 0;
            await foreach (var blob in receipts.GetBlobsAsync(prefix: "blobreceipts/", cancellationToken: timeout.Token))
            {
                found += blob.Name.Contains($"/Text/devstoreaccount1/{_container}/", StringComparison.Ordinal) ? 1 : 0;
            }

            if (found == count)
            {
                return;
            }

            await Task.Delay(50, timeout.Token);
        }
    }

    public sealed class TextFunction(Received received)
    {
        [Function("Text")]
        public void Run([BlobTrigger("%Watched%/{name}.json")] string content, string name) => received.Add($"{name}: {content}");
    }

    public sealed class BytesFunction(Received received)
    {
        [Function("Bytes")]
        public void Run([BlobTrigger("%Watched%/{name}")] byte[] content) => received.Add(System.Text.Encoding.UTF8.GetString(content));
    }

    public sealed class StreamFunction(Received received)
    {
        [Function("Stream")]
        public async Task Run([BlobTrigger("%Watched%/{name}")] Stream content, CancellationToken cancellationToken)
        {
            using var reader = new StreamReader(content);
            received.Add(await reader.ReadToEndAsync(cancellationToken));
        }
    }

    public sealed class BinaryDataFunction(Received received)
    {
        [Function("BinaryData")]
        public void Run([BlobTrigger("%Watched%/{name}")] BinaryData content) => received.Add(content.ToString());
    }

    public sealed class ClientFunction(Received received)
    {
        [Function("Client")]
        public async Task Run([BlobTrigger("%Watched%/{name}")] BlobClient blob, CancellationToken cancellationToken)
            => received.Add((await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToString());
    }

    public sealed class ObjectFunction(Received received)
    {
        [Function("Object")]
        public void Run([BlobTrigger("%Watched%/{name}")] Box box) => received.Add($$"""{"Size":{{box.Size}}}""");
    }

    public sealed class ContextFunction(Received received)
    {
        [Function("Context")]
        public void Run([BlobTrigger("%Watched%/{tenant}/{name}.json")] BlobClient blob, string tenant, FunctionContext context)
            => received.Add($"{context.BindingContext.BindingData["BlobTrigger"]} {tenant} {context.BindingContext.BindingData["name"]}");
    }

    /// <summary>Reports how many of it run, and waits for the test.</summary>
    public sealed class GatedFunction(Received received)
    {
        private static int _running;

        internal static TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Function("Gated")]
        public async Task Run([BlobTrigger("%Watched%/{name}")] BlobClient blob, CancellationToken cancellationToken)
        {
            received.Add($"{Interlocked.Increment(ref _running)} at once");
            await Gate.Task.WaitAsync(cancellationToken);
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Fails as often as the blob's name says.</summary>
    public sealed class FailingFunction(Received received)
    {
        [Function("Failing")]
        public void Run([BlobTrigger("%Watched%/{failures}.json")] string content, int failures, FunctionContext context)
        {
            var retry = context.RetryContext;
            received.Add($"retry {retry.RetryCount} of {retry.MaxRetryCount}");
            if (retry.RetryCount < failures)
            {
                throw new InvalidOperationException(content);
            }
        }
    }

    public sealed record Box(int Size);
}
