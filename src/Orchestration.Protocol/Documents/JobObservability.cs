namespace Orchestration.Protocol.Documents;

/// <summary>What the job belongs to in the submitter's traces.</summary>
public sealed record JobObservability : ExtensibleRecord
{
    /// <summary>32 hexadecimal digits (W3C trace context) or a UUID are continued by the job's own spans; any other text is passed on.</summary>
    public string? TraceId { get; init; }

    /// <summary>16 hexadecimal digits: in a document the submitter's span, in a result the job's own.</summary>
    public string? SpanId { get; init; }

    public string? ParentSpanId { get; init; }

    /// <summary>Groups related jobs.</summary>
    public string? CorrelationId { get; init; }
}
