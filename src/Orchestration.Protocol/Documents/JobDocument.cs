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

    /// <summary>The name that this project's schema goes by, which is also its <c>$id</c>. Accepted documents may name another one.</summary>
    public const string SchemaName = "urn:orchestration:schemas:job-v1";

    /// <summary>For editors and readers; never fetched.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary><c>1.0</c>, or a later minor version, whose additions are kept as unknown members.</summary>
    public required string Version { get; init; }

    /// <summary>8 to 64 letters, digits, dots, hyphens and underscores; also the instance id of the orchestration.</summary>
    public required string JobId { get; init; }

    /// <summary>When the submitter made the document.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary><see cref="VirtualMachineOperation"/>.</summary>
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

    /// <summary>Whom to tell when the job has ended: an addition to the protocol.</summary>
    public JobNotifications? Notifications { get; init; }
}
