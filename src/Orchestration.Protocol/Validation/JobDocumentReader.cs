using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestration.Protocol.Documents;

namespace Orchestration.Protocol.Validation;

/// <summary>Reads job documents and checks everything that can be checked without knowing the operation.</summary>
public static partial class JobDocumentReader
{
    /// <summary>Largest document accepted, in bytes.</summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>Parses a document and checks it against specification section 1.3 (the rules marked REC). Never throws for bad input.</summary>
    public static JobDocumentReading Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaximumBytes)
        {
            return JobDocumentReading.Refused(
                new Violation("", ErrorCodes.ResourceLimit, $"Expected at most {MaximumBytes} bytes, found {utf8.Length}."));
        }

        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = ProtocolJson.MaximumDepth });
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            return JobDocumentReading.Refused(new Violation(
                "", ErrorCodes.InvalidJson, $"Expected a JSON document; at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: {FirstSentence(exception.Message)}"));
        }

        return Read(root);
    }

    /// <summary>Whether a text has the form of a job id, which is safe as part of a blob's name and as an instance id.</summary>
    public static bool IsJobId(string text) => JobIdPattern().IsMatch(text);

    private static JobDocumentReading Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return JobDocumentReading.Refused(new Violation("", ErrorCodes.InvalidJson, "Expected a JSON object."));
        }

        var violations = new List<Violation>();
        var reader = new ValueReader(root, "", violations);
        reader.String("$schema");
        CheckVersion(reader);
        var jobId = reader.String("job_id", required: true, JobIdPattern(), JobIdRule);
        var createdAt = reader.Timestamp("created_at", required: true);
        if (reader.String("kind", required: true) is { } kind && kind != JobDocument.VirtualMachineOperation)
        {
            reader.Refuse("kind", $"Expected '{JobDocument.VirtualMachineOperation}', found '{kind}'.");
        }

        CheckPayload(reader);
        CheckMetadata(reader.Object("metadata"));
        CheckExecution(reader.Object("execution"), createdAt);
        CheckConstraints(reader.Object("constraints"));
        CheckRouting(reader.Object("routing"));
        CheckStrings(reader.Object("observability"), "trace_id", "span_id", "parent_span_id", "correlation_id");
        CheckAudit(reader.Object("audit"));

        if (violations.Count > 0)
        {
            return new JobDocumentReading(null, jobId, violations);
        }

        // Every rule above was met, so the typed form cannot fail; should it do so all the same, the document is refused, not lost.
        try
        {
            return ProtocolJson.Read<JobDocument>(root) is { } document
                ? new JobDocumentReading(document, jobId, [])
                : new JobDocumentReading(null, jobId, [new Violation("", ErrorCodes.InvalidJson, "Expected a JSON object.")]);
        }
        catch (JsonException exception)
        {
            return new JobDocumentReading(null, jobId, [new Violation("", ErrorCodes.InvalidField, FirstSentence(exception.Message))]);
        }
    }

    private static void CheckVersion(ValueReader reader)
    {
        if (reader.String("version", required: true) is { } version && !VersionPattern().IsMatch(version))
        {
            reader.Refuse("version", $"Expected version 1.x, found '{version}'.", ErrorCodes.UnsupportedVersion);
        }
    }

    private static void CheckPayload(ValueReader reader)
    {
        var operation = reader.String(
            "operation", required: true, OperationPattern(), "a dotted name in lower case such as guestkit.inspect", maximumLength: 128);
        if (reader.Object("payload", required: true) is not { } payload)
        {
            return;
        }

        var type = payload.String(
            "type", required: true, PayloadTypePattern(), "an operation and its payload version such as guestkit.inspect.v1", maximumLength: 136);
        if (operation is not null && type is not null && type[..type.LastIndexOf('.')] != operation)
        {
            payload.Refuse("type", $"Expected '{operation}.v1' to fit the operation, found '{type}'.");
        }

        if (!payload.HasMember("data"))
        {
            payload.Refuse("data", "Expected the operation's data, found nothing.", ErrorCodes.MissingField);
        }
    }

    private static void CheckMetadata(ValueReader? metadata)
    {
        CheckStrings(metadata, "name", "namespace");
        metadata?.Map("labels", JsonValueKind.String, "a string");
        metadata?.Map("annotations", JsonValueKind.String, "a string");
    }

    private static void CheckExecution(ValueReader? execution, DateTimeOffset? createdAt)
    {
        if (execution is null)
        {
            return;
        }

        execution.String("idempotency_key", maximumLength: 256);
        var maximumAttempts = execution.Integer("max_attempts", 1, 100);
        if (execution.Integer("attempt", 1, 100) is { } attempt && attempt > (maximumAttempts ?? 1))
        {
            execution.Refuse("attempt", $"Expected at most max_attempts ({maximumAttempts ?? 1}), found {attempt}.");
        }

        execution.Integer("timeout_seconds", 1, JobExecution.MaximumTimeoutSeconds);
        execution.Integer("priority", 1, 10);
        execution.Boolean("cancellable");
        if (execution.Timestamp("deadline") is { } deadline && createdAt is { } created && deadline <= created)
        {
            execution.Refuse("deadline", $"Expected a time after created_at ({created:O}), found {deadline:O}.");
        }
    }

    private static void CheckConstraints(ValueReader? constraints)
    {
        constraints?.Strings("required_capabilities");
        constraints?.Strings("required_features");
        constraints?.String("minimum_worker_version", pattern: SemanticVersionPattern(), expected: "a semantic version such as 1.2.0");
        constraints?.Integer("maximum_disk_size_gb", 1, 1_000_000);
        constraints?.Boolean("require_privileged");
        constraints?.Strings("allowed_worker_pools");
    }

    private static void CheckRouting(ValueReader? routing)
    {
        CheckStrings(routing, "worker_id", "worker_pool");
        routing?.Map("affinity", JsonValueKind.String, "a string");
        routing?.Map("anti_affinity", JsonValueKind.Array, "a list of strings");
    }

    private static void CheckAudit(ValueReader? audit)
    {
        CheckStrings(audit, "submitted_by", "submitted_from");
        var authorization = audit?.Object("authorization");
        authorization?.String("method", required: true);
        authorization?.String("subject", required: true);
    }

    private static void CheckStrings(ValueReader? reader, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            reader?.String(name);
        }
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }

    private const string JobIdRule = "8 to 64 letters, digits, dots, hyphens and underscores that begin and end with a letter or digit";

    [GeneratedRegex(@"^1\.[0-9]{1,4}\z")]
    private static partial Regex VersionPattern();

    // Safe as a file name, a blob name and a Durable instance id.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{6,62}[A-Za-z0-9]\z")]
    private static partial Regex JobIdPattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]*(\.[a-z0-9_][a-z0-9_-]*)+\z")]
    private static partial Regex OperationPattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]*(\.[a-z0-9_][a-z0-9_-]*)+\.v[0-9]{1,4}\z")]
    private static partial Regex PayloadTypePattern();

    [GeneratedRegex(@"^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\z")]
    private static partial Regex SemanticVersionPattern();
}

/// <summary>What came of reading a job document.</summary>
/// <param name="Document">The document; null where it was refused.</param>
/// <param name="JobId">The job id, also of refused documents, where it at least is in order.</param>
/// <param name="Violations">Everything that is wrong with it.</param>
public sealed record JobDocumentReading(JobDocument? Document, string? JobId, IReadOnlyList<Violation> Violations)
{
    internal static JobDocumentReading Refused(Violation violation) => new(null, null, [violation]);
}
