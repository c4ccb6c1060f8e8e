using System.Net;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Orchestration.TestSupport;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Blobs;

/// <summary>Blobs that a function reads and writes beside what started it, against the emulator; each test has a container of its own.</summary>
public sealed class BlobBindingTests : IAsyncLifetime
{
    private readonly string _container = $"bound-{Guid.NewGuid():N}";
    private Azurite _azurite = null!;

    private BlobContainerClient Container => _azurite.Client.GetBlobContainerClient(_container);

    public async Task InitializeAsync() => _azurite = await Azurite.Shared;

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("text")]
    [InlineData("bytes")]
    [InlineData("binary")]
    [InlineData("stream")]
    [InlineData("object")]
    [InlineData("client")]
    [InlineData("container")]
    public async Task A_blob_named_by_the_route_comes_in_many_shapes(string shape)
    {
        await Container.CreateAsync();
        await Container.UploadBlobAsync("folder/a.json", BinaryData.FromString("""{"Size":7}"""));
        await using var host = await StartAsync(typeof(Readers));

        Assert.Equal("7", await host.Client.GetStringAsync(new Uri($"api/{shape}/folder/a", UriKind.Relative)));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("stream")]
    [InlineData("object")]
    public async Task A_blob_that_is_not_there_is_null(string shape)
    {
        await using var host = await StartAsync(typeof(Readers));

        Assert.Equal("none", await host.Client.GetStringAsync(new Uri($"api/{shape}/missing", UriKind.Relative)));
    }

    [Fact]
    public async Task Several_outputs_are_written_and_the_answer_is_sent()
    {
        await using var host = await StartAsync(typeof(Writers));

        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("api/several/one", UriKind.Relative));

        Assert.Equal((HttpStatusCode.Created, "written"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("a text", await ContentAsync("one.txt"));
        Assert.Equal("""{"Size":3}""", await ContentAsync("one.json"));
        Assert.False(await Container.GetBlobClient("one.never").ExistsAsync());
    }

    [Fact]
    public async Task A_return_value_is_written_to_the_blob_of_the_method_and_its_container_is_created()
    {
        await using var host = await StartAsync(typeof(Writers));

        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("api/whole/two", UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, string.Empty), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("whole two", await ContentAsync("two.whole"));
    }

    [Fact]
    public async Task Middleware_sees_and_replaces_what_is_written()
    {
        await using var host = await StartAsync(typeof(Writers), replace: true);

        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("api/several/three", UriKind.Relative));

        Assert.Equal(["Text: blob"], host.Received.Rest());
        Assert.Equal("replaced", await ContentAsync("three.txt"));
    }

    [Fact]
    public async Task A_function_that_fails_writes_nothing()
    {
        await using var host = await StartAsync(typeof(Writers));

        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("api/fails/four", UriKind.Relative));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.False(await Container.ExistsAsync());
    }

    private async Task<string> ContentAsync(string name) => (await Container.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString();

    private Task<TestHost> StartAsync(Type functions, bool replace = false) => TestHost.StartAsync(
        functions,
        new() { ["AzureWebJobsStorage"] = _azurite.ConnectionString, ["Bound"] = _container },
        builder =>
        {
            if (replace)
            {
                builder.UseMiddleware(async (context, next) =>
                {
                    await next();
                    foreach (OutputBindingData<string> output in context.GetOutputBindings<string>().Where(output => output.Value is not null))
                    {
                        ((Received?)context.InstanceServices.GetService(typeof(Received)))?.Add($"{output.Name}: {output.BindingType}");
                        output.Value = "replaced";
                    }
                });
            }
        });

    public sealed record Sized(int Size);

    public static class Readers
    {
        [Function("Text")]
        public static string Text([HttpTrigger(Route = "text/{*name}")] HttpRequest request, [BlobInput("%Bound%/{name}.json")] string? content) =>
            content is null ? "none" : Size(content);

        [Function("Bytes")]
        public static string Bytes([HttpTrigger(Route = "bytes/{*name}")] HttpRequest request, [BlobInput("%Bound%/{name}.json")] byte[] content) =>
            Size(System.Text.Encoding.UTF8.GetString(content));

        [Function("Binary")]
        public static string Binary([HttpTrigger(Route = "binary/{*name}")] HttpRequest request, [BlobInput("%Bound%/{name}.json")] BinaryData content) =>
            Size(content.ToString());

        [Function("Stream")]
        public static async Task<string> StreamAsync(
            [HttpTrigger(Route = "stream/{*name}")] HttpRequest request, [BlobInput("%Bound%/{name}.json")] Stream? content) =>
            content is null ? "none" : Size((await BinaryData.FromStreamAsync(content)).ToString());

        [Function("Object")]
        public static string Object([HttpTrigger(Route = "object/{*name}")] HttpRequest request, [BlobInput("%Bound%/{name}.json")] Sized? content) =>
            content is null ? "none" : $"{content.Size}";

        [Function("Client")]
        public static async Task<string> ClientAsync(
            [HttpTrigger(Route = "client/{*name}")] HttpRequest request, [BlobInput("%Bound%/{name}.json")] BlobClient blob) =>
            Size((await blob.DownloadContentAsync()).Value.Content.ToString());

        [Function("Container")]
        public static async Task<string> ContainerAsync(
            [HttpTrigger(Route = "container/{*name}")] HttpRequest request, string name, [BlobInput("%Bound%")] BlobContainerClient container) =>
            Size((await container.GetBlobClient(name + ".json").DownloadContentAsync()).Value.Content.ToString());

        private static string Size(string content) => content.Split(':', '}')[1];
    }

    public sealed class Several
    {
        [HttpResult]
        public required IActionResult Answer { get; init; }

        [BlobOutput("%Bound%/{name}.txt")]
        public string? Text { get; init; }

        [BlobOutput("%Bound%/{name}.json")]
        public Sized? Json { get; init; }

        [BlobOutput("%Bound%/{name}.never")]
        public byte[]? Nothing { get; init; }
    }

    public static class Writers
    {
        [Function("Several")]
        public static Several Several([HttpTrigger(Route = "several/{name}")] HttpRequest request) => new()
        {
            Answer = new ContentResult { StatusCode = StatusCodes.Status201Created, Content = "written" },
            Text = "a text",
            Json = new Sized(3),
        };

        [Function("Whole")]
        [BlobOutput("%Bound%/{name}.whole")]
        public static Task<string> WholeAsync([HttpTrigger(Route = "whole/{name}")] HttpRequest request, string name) => Task.FromResult($"whole {name}");

        [Function("Fails")]
        [BlobOutput("%Bound%/{name}.whole")]
        public static string Fails([HttpTrigger(Route = "fails/{name}")] HttpRequest request) => throw new InvalidOperationException("on purpose");
    }
}
