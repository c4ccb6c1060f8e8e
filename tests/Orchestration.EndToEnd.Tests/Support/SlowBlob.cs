using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Support;

/// <summary>A blob that far away that reading it takes seconds, however fast the machine is.</summary>
internal sealed class SlowBlob : IAsyncDisposable
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(200);

    private readonly WebApplication _app;

    private SlowBlob(WebApplication app, string url)
    {
        _app = app;
        Url = url;
    }

    public string Url { get; }

    public static async Task<SlowBlob> StartAsync(string file)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPort.FindFree()}/");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        var blob = new SlowBlob(builder.Build(), $"{address}account/images/{Path.GetFileName(file)}");
        blob._app.Run(context => AnswerAsync(context, file));
        await blob._app.StartAsync();
        return blob;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, string file)
    {
        await Task.Delay(Latency, context.RequestAborted);

        // The client asks for ranges by a header of its own, because some proxies take out the usual one.
        context.Request.Headers.Range = context.Request.Headers["x-ms-range"];
        context.Response.Headers["x-ms-blob-type"] = "BlockBlob";
        await Results.File(file, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue("\"1\"")).ExecuteAsync(context);
    }
}
