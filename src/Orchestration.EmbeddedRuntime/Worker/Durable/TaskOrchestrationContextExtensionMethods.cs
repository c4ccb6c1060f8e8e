using System.Globalization;
using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Orchestration.EmbeddedRuntime.Triggers.Durable;

namespace Microsoft.DurableTask;

/// <summary>What Azure Functions adds to an orchestration's context.</summary>
public static class TaskOrchestrationContextExtensionMethods
{
    private static readonly TimeSpan DefaultPollingInterval = TimeSpan.FromSeconds(30);

    /// <summary>The function invocation that runs the orchestrator; null where none does.</summary>
    public static FunctionContext? GetFunctionContext(this TaskOrchestrationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return OrchestrationFunctionContexts.Find(context);
    }

    /// <summary>
    /// Makes an HTTP request, as an activity. An answer 202 is followed where the request asks for that: after its <c>Retry-After</c> seconds,
    /// or 30, its <c>Location</c> is asked, until another status comes.
    /// </summary>
    /// <exception cref="TaskFailedException">No answer came, or one that is to be retried after the last attempt.</exception>
    public static async Task<DurableHttpResponse> CallHttpAsync(this TaskOrchestrationContext context, DurableHttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(request);
        var response = await context.CallActivityAsync<DurableHttpResponse>(HttpActivity.Name, request);
        while (request.AsynchronousPatternEnabled && response.StatusCode == HttpStatusCode.Accepted
            && response.Headers is { } headers && headers.TryGetValue("Location", out var location) && location is [{ } next])
        {
            var pause = headers.TryGetValue("Retry-After", out var after)
                && int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : DefaultPollingInterval;
            await context.CreateTimer(pause, CancellationToken.None);

            var address = new Uri(request.Uri, next);
            var poll = new DurableHttpRequest(HttpMethod.Get, address)
            {
                // Headers may hold credentials: they are for the server that the orchestrator named.
                Headers = address.Authority == request.Uri.Authority ? request.Headers : null,
                Timeout = request.Timeout,
            };
            response = await context.CallActivityAsync<DurableHttpResponse>(HttpActivity.Name, poll);
        }

        return response;
    }

    /// <inheritdoc cref="CallHttpAsync(TaskOrchestrationContext, DurableHttpRequest)"/>
    public static Task<DurableHttpResponse> CallHttpAsync(
        this TaskOrchestrationContext context, HttpMethod method, Uri uri, string? content = null, HttpRetryOptions? retryOptions = null) =>
        context.CallHttpAsync(method, uri, content, retryOptions, asynchronousPatternEnabled: false);

    /// <inheritdoc cref="CallHttpAsync(TaskOrchestrationContext, DurableHttpRequest)"/>
    public static Task<DurableHttpResponse> CallHttpAsync(
        this TaskOrchestrationContext context,
        HttpMethod method,
        Uri uri,
        string? content = null,
        HttpRetryOptions? retryOptions = null,
        bool asynchronousPatternEnabled = false) =>
        context.CallHttpAsync(new DurableHttpRequest(method, uri)
        {
            Content = content,
            HttpRetryOptions = retryOptions,
            AsynchronousPatternEnabled = asynchronousPatternEnabled,
        });
}
