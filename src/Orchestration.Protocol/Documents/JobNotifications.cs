namespace Orchestration.Protocol.Documents;

/// <summary>Whom to tell when the job has ended: an addition to the protocol.</summary>
public sealed record JobNotifications : ExtensibleRecord
{
    /// <summary>At most 10.</summary>
    public IReadOnlyList<JobWebhook>? Webhooks { get; init; }
}

/// <summary>An address that is sent the result. Which hosts may be called is the service's to allow.</summary>
public sealed record JobWebhook : ExtensibleRecord
{
    /// <summary>An absolute https URL (http on the service's own machine) without user, password and fragment.</summary>
    public required string Url { get; init; }

    /// <summary>The statuses to tell of (<c>completed</c>, <c>failed</c>, <c>timeout</c>, <c>cancelled</c>); null or empty for all.</summary>
    public IReadOnlyList<string>? On { get; init; }

    /// <summary>The name of the key that signs, in the service's settings; null for the one called <c>default</c>.</summary>
    public string? SigningKey { get; init; }
}
