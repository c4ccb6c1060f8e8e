using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestration.Protocol.Documents;

/// <summary>
/// A job, as it is submitted: job protocol v1.0, section 1.2 of the specification. Members that this version does not know are kept
/// at every level and given back when the job is asked for. Instances come from <see cref="Validation.JobDocumentReader"/>, which has
/// checked every constraint, or from <see cref="JobDocumentBuilder"/>.
/// </summary>
public sealed record JobDocument : ExtensibleRecord
{
    /// <summary>The version of the protocol that this library writes.</summary>
    public const string CurrentVersion = "1.0";

    /// <summary>The only kind of job in version 1.</summary>
    public const string VirtualMachineOperation = "VMOperation";

    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public required string Version { get; init; }

    /// <summary>8 to 64 letters, digits, dots, hyphens and underscores; also the instance id of the orchestration.</summary>
    public required string JobId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string Kind { get; init; }

    /// <summary>Dotted name such as <c>guestkit.inspect</c>.</summary>
    public required string Operation { get; init; }

    public required JobPayload Payload { get; init; }

    public JobMetadata? Metadata { get; init; }

    public JobExecution Execution { get; init; } = new();

    public JobConstraints? Constraints { get; init; }

    public JobRouting? Routing { get; init; }

    public JobObservability? Observability { get; init; }

    public JobAudit? Audit { get; init; }
}

/// <summary>A record that keeps the members it does not know.</summary>
public abstract record ExtensibleRecord
{
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? UnknownMembers { get; set; }
}

/// <summary>The operation's own part of the document.</summary>
public sealed record JobPayload : ExtensibleRecord
{
    /// <summary>The operation and the version of its payload: <c>guestkit.inspect.v1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Checked by the operation.</summary>
    public required JsonElement Data { get; init; }
}

public sealed record JobMetadata : ExtensibleRecord
{
    public string? Name { get; init; }

    public string? Namespace { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

public sealed record JobExecution : ExtensibleRecord
{
    public const int DefaultTimeoutSeconds = 3600;

    public const int MaximumTimeoutSeconds = 86400;

    public string? IdempotencyKey { get; init; }

    public int Attempt { get; init; } = 1;

    public int MaxAttempts { get; init; } = 1;

    /// <summary>For all attempts together, 1 to 86400.</summary>
    public int TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    public DateTimeOffset? Deadline { get; init; }

    /// <summary>1 to 10; higher is more urgent.</summary>
    public int Priority { get; init; } = 5;

    public bool Cancellable { get; init; } = true;
}

public sealed record JobConstraints : ExtensibleRecord
{
    public IReadOnlyList<string>? RequiredCapabilities { get; init; }

    public IReadOnlyList<string>? RequiredFeatures { get; init; }

    public string? MinimumWorkerVersion { get; init; }

    public long? MaximumDiskSizeGb { get; init; }

    public bool? RequirePrivileged { get; init; }

    public IReadOnlyList<string>? AllowedWorkerPools { get; init; }
}

public sealed record JobRouting : ExtensibleRecord
{
    public string? WorkerId { get; init; }

    public string? WorkerPool { get; init; }

    public IReadOnlyDictionary<string, string>? Affinity { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? AntiAffinity { get; init; }
}

public sealed record JobObservability : ExtensibleRecord
{
    public string? TraceId { get; init; }

    public string? SpanId { get; init; }

    public string? ParentSpanId { get; init; }

    public string? CorrelationId { get; init; }
}

public sealed record JobAudit : ExtensibleRecord
{
    public string? SubmittedBy { get; init; }

    public string? SubmittedFrom { get; init; }

    public JobAuthorization? Authorization { get; init; }
}

public sealed record JobAuthorization : ExtensibleRecord
{
    public required string Method { get; init; }

    public required string Subject { get; init; }
}
