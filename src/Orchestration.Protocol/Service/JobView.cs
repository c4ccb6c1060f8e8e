using Orchestration.Protocol.Documents;
using Orchestration.Protocol.States;

namespace Orchestration.Protocol.Service;

/// <summary>Where a job stands, for the person or program that asks.</summary>
public sealed record JobView
{
    public required string JobId { get; init; }

    public string? Operation { get; init; }

    /// <summary>The state in the words of result documents.</summary>
    public required string Status { get; init; }

    public required JobState State { get; init; }

    public required string Phase { get; init; }

    public required int Percent { get; init; }

    public required int Attempt { get; init; }

    public string? Message { get; init; }

    public JobError? Error { get; init; }

    /// <summary>What the job waits for; null while it does not wait.</summary>
    public JobWait? Waiting { get; init; }

    public DateTimeOffset? SubmittedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public required IReadOnlyList<StateChange> AuditTrail { get; init; }

    /// <summary>Seconds spent in each state, all visits together; in the present one up to now.</summary>
    public IReadOnlyDictionary<JobState, double>? SecondsInState { get; init; }

    /// <summary>How the deliveries to the document's webhooks stand that were begun; null where it has none.</summary>
    public IReadOnlyList<WebhookDelivery>? Webhooks { get; init; }

    public required JobLinks Links { get; init; }

    /// <summary>The document as submitted, unknown members included.</summary>
    public JobDocument? Job { get; init; }
}
