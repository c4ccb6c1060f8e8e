using System.Net;
using System.Text;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.DurableTask;
using Microsoft.Extensions.Primitives;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>Makes the HTTP requests of orchestrators. It follows no redirect: an orchestrator sees every answer as it came.</summary>
internal sealed class HttpActivity(TimeProvider time) : TaskActivity<DurableHttpRequest, DurableHttpResponse>
{
    /// <summary>The activity's name in histories, that of the durable extension.</summary>
    public const string Name = "BuiltIn::HttpActivity";

    // A request's timeout is its own, and the host's stop ends it.
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public override async Task<DurableHttpResponse> RunAsync(TaskActivityContext context, DurableHttpRequest? input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var cancellation = (context as EmbeddedActivityContext)?.CancellationToken ?? CancellationToken.None;
        var retry = input.HttpRetryOptions;
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan pause;
            try
            {
                var response = await SendAsync(input, cancellation);
                if (retry is null || !IsFailure(response.StatusCode, retry) || Next(retry, attempt, started) is not { } next)
                {
                    return response;
                }

                pause = next;
            }
            catch (HttpRequestException) when (retry is not null && Next(retry, attempt, started) is not null)
            {
                pause = Next(retry, attempt, started) ?? TimeSpan.Zero;
            }

            await Task.Delay(pause, time, cancellation);
        }
    }

    private static bool IsFailure(HttpStatusCode status, HttpRetryOptions retry) =>
        retry.StatusCodesToRetry.Count > 0 ? retry.StatusCodesToRetry.Contains(status) : (int)status >= 500;

    /// <summary>The pause before the next attempt; null: there is none.</summary>
    private TimeSpan? Next(HttpRetryOptions retry, int attempt, long started)
    {
        if (attempt >= retry.MaxNumberOfAttempts)
        {
            return null;
        }

        var seconds = retry.FirstRetryInterval.TotalSeconds * Math.Pow(retry.BackoffCoefficient, attempt - 1);
        var pause = TimeSpan.FromSeconds(Math.Min(seconds, retry.MaxRetryInterval.TotalSeconds));
        return retry.RetryTimeout == TimeSpan.MaxValue || time.GetElapsedTime(started) + pause < retry.RetryTimeout ? pause : null;
    }

    private static async Task<DurableHttpResponse> SendAsync(DurableHttpRequest request, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (request.Timeout is { } timeout)
        {
            deadline.CancelAfter(timeout);
        }

        using var message = new HttpRequestMessage(request.Method, request.Uri);
        if (request.Content is { } content)
        {
            message.Content = new StringContent(content, Encoding.UTF8, "application/json");
        }

        foreach (var (name, values) in request.Headers ?? new Dictionary<string, StringValues>())
        {
            if (!message.Headers.TryAddWithoutValidation(name, values.ToArray()) && message.Content is { } body)
            {
                body.Headers.Remove(name);
                body.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        try
        {
            using var response = await Client.SendAsync(message, deadline.Token);
            return new DurableHttpResponse(response.StatusCode)
            {
                Headers = response.Headers.Concat(response.Content.Headers).ToDictionary(
                    header => header.Key, header => new StringValues([.. header.Value]), StringComparer.OrdinalIgnoreCase),
                Content = await response.Content.ReadAsStringAsync(deadline.Token),
            };
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{request.Method} {request.Uri.GetLeftPart(UriPartial.Path)} had no answer within {request.Timeout}.", exception);
        }
    }
}
