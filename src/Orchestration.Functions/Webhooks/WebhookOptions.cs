using System.ComponentModel.DataAnnotations;

namespace Orchestration.Functions.Webhooks;

/// <summary>The settings of the section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>The name of the key that signs where a document names none.</summary>
    public const string DefaultKey = "default";

    /// <summary>
    /// What may be called, separated by commas: hosts (<c>hooks.example.org</c>, <c>*.example.org</c>), on the scheme's own port, and beginnings
    /// of URLs (<c>https://hooks.example.org:8443/jobs/</c>). Nothing may where this is empty.
    /// </summary>
    public string Allowed { get; set; } = "";

    /// <summary>Whether this machine may be called, also over http.</summary>
    public bool AllowLoopback { get; set; }

    /// <summary>Whether addresses that are not of the public Internet may be called.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>The keys that sign, by name: <c>whsec_</c> and base64, or plain text, of at least 24 bytes.</summary>
    public IDictionary<string, string> Keys { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Seconds that a receiver has for its answer.</summary>
    [Range(1, 300)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>How often a delivery is tried.</summary>
    [Range(1, 50)]
    public int MaximumAttempts { get; set; } = 8;

    /// <summary>Seconds after the first failure; each pause is three times the one before, an hour at most.</summary>
    [Range(1, 3600)]
    public int FirstDelaySeconds { get; set; } = 10;
}
