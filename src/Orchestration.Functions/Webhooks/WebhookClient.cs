using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Orchestration.Functions.Webhooks;

/// <summary>
/// Calls receivers. No redirect is followed, no proxy asked, no cookie kept, and a name is resolved and judged at the very moment it is connected
/// to, so that it cannot mean another address by then. Safe for concurrent use.
/// </summary>
public sealed class WebhookClient : IDisposable
{
    private readonly WebhookRules _rules;
    private readonly HttpClient _http;

    public WebhookClient(WebhookRules rules, IOptions<WebhookOptions> options)
    {
        _rules = rules;
#pragma warning disable CA2000 // The client disposes it.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        };
#pragma warning restore CA2000
        _http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds) };
    }

    /// <summary>Calls a receiver; what it answers beyond the status is not read.</summary>
    public async Task<WebhookAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode switch
            {
                >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => new WebhookAnswer((int)response.StatusCode, null, IsFinal: true),
                >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new WebhookAnswer(
                    (int)response.StatusCode, "The receiver redirects, which is not followed.", IsFinal: true),
                HttpStatusCode.Gone => new WebhookAnswer((int)response.StatusCode, "The receiver is gone for good.", IsFinal: true),
                var status => new WebhookAnswer((int)status, $"The receiver answered {(int)status}.", IsFinal: false),
            };
        }
        catch (HttpRequestException exception) when (exception.InnerException is WebhookRefusedException refused)
        {
            return new WebhookAnswer(null, refused.Message, IsFinal: true);
        }
        catch (HttpRequestException exception)
        {
            return new WebhookAnswer(null, $"The receiver cannot be reached: {exception.HttpRequestError}.", IsFinal: false);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer(null, $"The receiver did not answer within {_http.Timeout.TotalSeconds} seconds.", IsFinal: false);
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        if (Array.Find(addresses, address => !_rules.IsAllowed(address)) is not null)
        {
            throw new WebhookRefusedException($"The host '{context.DnsEndPoint.Host}' has an address that is not of the public Internet.");
        }

#pragma warning disable CA2000 // The stream disposes it.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <param name="HttpStatus">What the receiver answered; null where it did not.</param>
/// <param name="Error">What went wrong; null where it took the message.</param>
/// <param name="IsFinal">Whether another attempt would be of no use.</param>
public sealed record WebhookAnswer(int? HttpStatus, string? Error, bool IsFinal);

/// <summary>A receiver's name leads to an address that must not be called.</summary>
public sealed class WebhookRefusedException(string message) : Exception(message);
