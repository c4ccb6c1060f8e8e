namespace Orchestration.Protocol.Documents;

/// <summary>How the job is to be run.</summary>
public sealed record JobExecution : ExtensibleRecord
{
    public const int DefaultTimeoutSeconds = 3600;

    public const int MaximumTimeoutSeconds = 86400;

    /// <summary>Of two jobs of one namespace and operation with the same key, one is run.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The number of the first attempt, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The number of the last attempt, from <see cref="Attempt"/> to 100.</summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>For all attempts together, 1 to 86400.</summary>
    public int TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    /// <summary>The moment after which the job must not go on; after <see cref="JobDocument.CreatedAt"/>.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>1 to 10; higher is more urgent.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>Whether the job may be cancelled once it runs.</summary>
    public bool Cancellable { get; init; } = true;

    /// <summary>Ids of jobs that must have ended before this one starts: an addition to the protocol. At most 100, each once, never itself.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }

    /// <summary>What becomes of this job when one that it depends on does not complete; null is <see cref="DependencyFailure.Fail"/>.</summary>
    public DependencyFailure? OnDependencyFailure { get; init; }

    /// <summary>The time that an operation's jobs have where the document does not say: two hours for conversions of the hyper2kvm family.</summary>
    public static int DefaultTimeoutSecondsFor(string operation) =>
        operation.StartsWith("hyper2kvm.", StringComparison.Ordinal) ? 2 * DefaultTimeoutSeconds : DefaultTimeoutSeconds;
}

/// <summary>What becomes of a job when one that it depends on does not complete.</summary>
public enum DependencyFailure
{
    /// <summary>It fails without being started.</summary>
    Fail,

    /// <summary>It is cancelled without being started.</summary>
    Cancel,

    /// <summary>It is run all the same, once the other has ended.</summary>
    Run,
}
