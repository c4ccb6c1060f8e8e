using Orchestration.Protocol.Documents;

namespace Orchestration.Protocol.Validation;

/// <summary>How a document is to be read.</summary>
public sealed record ReadingOptions
{
    public DocumentFormat Format { get; init; } = DocumentFormat.Json;

    /// <summary>The longest timeout that a job may ask for, which an administrator may raise.</summary>
    public int MaximumTimeoutSeconds { get; init; } = JobExecution.MaximumTimeoutSeconds;

    /// <summary>Tells when a document was created that need not say so itself.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
