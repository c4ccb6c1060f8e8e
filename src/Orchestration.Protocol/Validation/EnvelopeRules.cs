using System.Text.RegularExpressions;
using NuGet.Versioning;
using Orchestration.Protocol.Documents;

namespace Orchestration.Protocol.Validation;

/// <summary>The rules of the envelope: specification section 1.3, those marked REC.</summary>
internal static partial class EnvelopeRules
{
    private const string JobIdRule = "8 to 64 letters, digits, dots, hyphens and underscores that begin and end with a letter or digit";
    private const int MostAttempts = 100;
    private const int MostDependencies = 100;
    private const int MostWebhooks = 10;

    private static readonly string[] DependencyFailures = [.. Enum.GetNames<DependencyFailure>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] FinalStatuses = ["completed", "failed", "timeout", "cancelled"];

    /// <summary>Notes everything that is wrong with the envelope.</summary>
    /// <returns>The job id, where it is in order.</returns>
    public static string? Check(ValueReader document, int maximumTimeoutSeconds)
    {
        document.String("$schema");
        if (document.String("version", required: true) is { } version && !VersionPattern().IsMatch(version))
        {
            document.Refuse("version", $"Expected version 1.x, found '{version}'.", ErrorCodes.UnsupportedVersion);
        }

        var jobId = CheckJobId(document);
        var createdAt = document.Timestamp("created_at", required: true);
        if (document.String("kind", required: true) is { } kind && kind != JobDocument.VirtualMachineOperation)
        {
            document.Refuse("kind", $"Expected '{JobDocument.VirtualMachineOperation}', found '{kind}'.");
        }

        CheckPayload(document);
        CheckMetadata(document.Object("metadata"));
        CheckExecution(document.Object("execution"), jobId, createdAt, maximumTimeoutSeconds);
        CheckConstraints(document.Object("constraints"));
        CheckRouting(document.Object("routing"));
        CheckStrings(document.Object("observability"), "trace_id", "span_id", "parent_span_id", "correlation_id");
        CheckAudit(document.Object("audit"));
        CheckNotifications(document.Object("notifications"));
        return jobId;
    }

    /// <returns>The job id, where it is in order.</returns>
    public static string? CheckJobId(ValueReader document) => document.String("job_id", required: true, JobIdPattern(), JobIdRule);

    public static bool IsJobId(string text) => JobIdPattern().IsMatch(text);

    private static void CheckPayload(ValueReader document)
    {
        var operation = document.String(
            "operation", required: true, OperationPattern(), "a dotted name in lower case such as guestkit.inspect", maximumLength: 128);
        if (document.Object("payload", required: true) is not { } payload)
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
        metadata?.StringMap("labels");
        metadata?.StringMap("annotations");
    }

    private static void CheckExecution(ValueReader? execution, string? jobId, DateTimeOffset? createdAt, int maximumTimeoutSeconds)
    {
        if (execution is null)
        {
            return;
        }

        execution.String("idempotency_key", maximumLength: 256);
        var maximumAttempts = execution.Integer("max_attempts", 1, MostAttempts);
        if (execution.Integer("attempt", 1, MostAttempts) is { } attempt && attempt > (maximumAttempts ?? 1))
        {
            execution.Refuse("attempt", $"Expected at most max_attempts ({maximumAttempts ?? 1}), found {attempt}.");
        }

        execution.Integer("timeout_seconds", 1, maximumTimeoutSeconds);
        execution.Integer("priority", 1, 10);
        execution.Boolean("cancellable");
        if (execution.Timestamp("deadline") is { } deadline && createdAt is { } created && deadline <= created)
        {
            execution.Refuse("deadline", $"Expected a time after created_at ({created:O}), found {deadline:O}.");
        }

        execution.OneOf("on_dependency_failure", DependencyFailures);
        CheckDependencies(execution, jobId);
    }

    private static void CheckDependencies(ValueReader execution, string? jobId)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, dependency) in (execution.Strings("depends_on", maximumCount: MostDependencies) ?? []).Index())
        {
            if (!IsJobId(dependency))
            {
                execution.Refuse($"depends_on/{index}", $"Expected a job id: {JobIdRule}.");
            }
            else if (dependency == jobId)
            {
                execution.Refuse($"depends_on/{index}", "Expected another job, found the job itself.");
            }
            else if (!seen.Add(dependency))
            {
                execution.Refuse($"depends_on/{index}", $"Expected each job once, found '{dependency}' again.");
            }
        }
    }

    private static void CheckConstraints(ValueReader? constraints)
    {
        constraints?.Strings("required_capabilities");
        constraints?.Strings("required_features");
        if (constraints?.String("minimum_worker_version", maximumLength: 128) is { } version && !SemanticVersion.TryParse(version, out _))
        {
            constraints.Refuse("minimum_worker_version", $"Expected a semantic version such as 1.2.0, found '{version}'.");
        }

        constraints?.Integer("maximum_disk_size_gb", 1, 1_000_000);
        constraints?.Integer("minimum_memory_gb", 1, 1_000_000);
        constraints?.Integer("minimum_free_disk_gb", 1, 1_000_000);
        constraints?.Boolean("require_privileged");
        constraints?.Strings("allowed_worker_pools");
    }

    private static void CheckRouting(ValueReader? routing)
    {
        CheckStrings(routing, "worker_id", "worker_pool");
        routing?.StringMap("affinity");
        routing?.StringListMap("anti_affinity");
    }

    private static void CheckAudit(ValueReader? audit)
    {
        CheckStrings(audit, "submitted_by", "submitted_from");
        var authorization = audit?.Object("authorization");
        authorization?.String("method", required: true);
        authorization?.String("subject", required: true);
    }

    private static void CheckNotifications(ValueReader? notifications)
    {
        foreach (var webhook in notifications?.Objects("webhooks", MostWebhooks) ?? [])
        {
            if (webhook.String("url", required: true, maximumLength: 2048) is { } url && !IsWebhookAddress(url))
            {
                webhook.Refuse("url", "Expected an absolute https URL (http on this machine) without user, password and fragment.");
            }

            webhook.String("signing_key", maximumLength: 64);
            foreach (var (index, status) in (webhook.Strings("on") ?? []).Index())
            {
                if (!FinalStatuses.Contains(status))
                {
                    webhook.Refuse($"on/{index}", $"Expected one of {string.Join(", ", FinalStatuses)}.");
                }
            }
        }
    }

    private static bool IsWebhookAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address.UserInfo.Length == 0
        && address.Fragment.Length == 0;

    private static void CheckStrings(ValueReader? reader, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            reader?.String(name);
        }
    }

    [GeneratedRegex(@"^1\.[0-9]{1,4}\z")]
    private static partial Regex VersionPattern();

    // Safe as a file name, a blob name and a Durable instance id.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{6,62}[A-Za-z0-9]\z")]
    private static partial Regex JobIdPattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]*(\.[a-z0-9_][a-z0-9_-]*)+\z")]
    private static partial Regex OperationPattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]*(\.[a-z0-9_][a-z0-9_-]*)+\.v[0-9]{1,4}\z")]
    private static partial Regex PayloadTypePattern();
}
