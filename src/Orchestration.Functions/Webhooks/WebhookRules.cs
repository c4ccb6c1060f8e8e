using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Webhooks;

/// <summary>What an administrator allows webhooks to be. Asked when a document comes in, and again before each call.</summary>
public sealed class WebhookRules(IOptions<WebhookOptions> options)
{
    private const int ShortestKey = 24;
    private const string EncodedKey = "whsec_";

    private readonly string[] _allowed = options.Value.Allowed.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Notes what is wrong with a document's webhooks.</summary>
    public void Check(JobDocument document, ICollection<Violation> violations)
    {
        foreach (var (index, webhook) in (document.Notifications?.Webhooks ?? []).Index())
        {
            if (FindFault(webhook.Url) is { } fault)
            {
                violations.Add(new Violation($"/notifications/webhooks/{index}/url", ErrorCodes.PathNotAllowed, fault));
            }

            if (FindKey(webhook.SigningKey) is null)
            {
                violations.Add(new Violation(
                    $"/notifications/webhooks/{index}/signing_key",
                    ErrorCodes.InvalidField,
                    $"Expected the name of a key of at least {ShortestKey} bytes in the service's settings (Webhooks:Keys), found none called '{webhook.SigningKey ?? WebhookOptions.DefaultKey}'."));
            }
        }
    }

    /// <summary>Why an address must not be called; null where it may, as far as its text tells.</summary>
    public string? FindFault(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || url.AsSpan().ContainsAny('\\', '%', '@') || address.Fragment.Length > 0)
        {
            return "Expected an absolute URL without user, fragment, backslash and percent sign.";
        }

        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && options.Value.AllowLoopback))
        {
            return "Expected https.";
        }

        if (IPAddress.TryParse(address.DnsSafeHost, out var literal) && !IsAllowed(literal))
        {
            return "Expected an address of the public Internet.";
        }

        return Array.Exists(_allowed, entry => Fits(address, entry))
            ? null
            : $"Expected a host that the service allows (setting Webhooks:Allowed), found '{address.Host}'.";
    }

    /// <summary>Whether an address may be connected to.</summary>
    public bool IsAllowed(IPAddress address) =>
        WebhookAddresses.IsPublic(address)
        || (IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) ? options.Value.AllowLoopback : options.Value.AllowPrivateAddresses);

    /// <summary>The key of a name; null where there is none, or one that is too short.</summary>
    public byte[]? FindKey(string? name)
    {
        if (!options.Value.Keys.TryGetValue(name ?? WebhookOptions.DefaultKey, out var text))
        {
            return null;
        }

        var key = new byte[text.Length];
        if (text.StartsWith(EncodedKey, StringComparison.Ordinal))
        {
            return Convert.TryFromBase64String(text[EncodedKey.Length..], key, out var length) && length >= ShortestKey ? key[..length] : null;
        }

        key = Encoding.UTF8.GetBytes(text);
        return key.Length >= ShortestKey ? key : null;
    }

    private static bool Fits(Uri address, string entry)
    {
        if (!entry.Contains("://", StringComparison.Ordinal))
        {
            return address.IsDefaultPort
                && (entry.StartsWith("*.", StringComparison.Ordinal)
                    ? address.IdnHost.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase)
                    : address.IdnHost.Equals(entry, StringComparison.OrdinalIgnoreCase));
        }

        // Compared as parsed, so that a host cannot begin with another's name; a path may only go on where a segment ends.
        return Uri.TryCreate(entry, UriKind.Absolute, out var allowed)
            && (address.Scheme, address.IdnHost, address.Port) == (allowed.Scheme, allowed.IdnHost, allowed.Port)
            && address.AbsolutePath.StartsWith(allowed.AbsolutePath, StringComparison.Ordinal)
            && (allowed.AbsolutePath.EndsWith('/') || address.AbsolutePath.Length == allowed.AbsolutePath.Length || address.AbsolutePath[allowed.AbsolutePath.Length] == '/');
    }
}
