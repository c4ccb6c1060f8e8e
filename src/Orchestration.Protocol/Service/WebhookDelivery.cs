namespace Orchestration.Protocol.Service;

/// <summary>How the delivery of a job's end to one receiver stands.</summary>
public sealed record WebhookDelivery
{
    public const string Pending = "pending";
    public const string Delivered = "delivered";
    public const string Failed = "failed";

    /// <summary>What the receiver knows the delivery by: the same at every attempt.</summary>
    public required string DeliveryId { get; init; }

    /// <summary>Where it goes, without the query, which may hold secrets.</summary>
    public required string Url { get; init; }

    /// <summary><see cref="Pending"/>, <see cref="Delivered"/> or <see cref="Failed"/>.</summary>
    public required string Status { get; init; }

    public int Attempts { get; init; }

    /// <summary>In UTC.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>What the receiver answered last.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>What went wrong last.</summary>
    public string? Error { get; init; }
}
