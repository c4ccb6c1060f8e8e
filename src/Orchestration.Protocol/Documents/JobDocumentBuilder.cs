using System.Text.Json;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Documents;

/// <summary>Builds job documents fluently: specification section 1.5, with the setters that were missing. Not safe for concurrent use.</summary>
public sealed class JobDocumentBuilder
{
    private readonly TimeProvider _time;
    private JobDocument _document;
    private bool _hasTimeout;

    /// <param name="operation">Dotted name such as <c>guestkit.inspect</c>; the payload type is its version 1.</param>
    /// <param name="time">Tells when the job was created.</param>
    public JobDocumentBuilder(string operation, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _document = new JobDocument
        {
            Schema = JobDocument.SchemaName,
            Version = JobDocument.CurrentVersion,
            JobId = "",
            CreatedAt = default,
            Kind = JobDocument.VirtualMachineOperation,
            Operation = operation,
            Payload = new JobPayload { Type = $"{operation}.v1", Data = JsonSerializer.SerializeToElement(new { }) },
        };
    }

    /// <summary>Without it, the job gets an id of <c>job-</c> and a UUID version 7, which sorts by time.</summary>
    public JobDocumentBuilder WithJobId(string jobId) => With(document => document with { JobId = jobId });

    /// <summary>The payload's data, written with <see cref="ProtocolJson.Options"/>.</summary>
    public JobDocumentBuilder WithData<T>(T data) =>
        With(document => document with { Payload = document.Payload with { Data = JsonSerializer.SerializeToElement(data, ProtocolJson.Options) } });

    /// <summary>The payload's version; 1 where nothing is said.</summary>
    public JobDocumentBuilder WithPayloadVersion(int version) =>
        With(document => document with { Payload = document.Payload with { Type = $"{document.Operation}.v{version}" } });

    public JobDocumentBuilder WithName(string name) => WithMetadata(metadata => metadata with { Name = name });

    public JobDocumentBuilder WithNamespace(string name) => WithMetadata(metadata => metadata with { Namespace = name });

    public JobDocumentBuilder WithLabel(string name, string value) =>
        WithMetadata(metadata => metadata with { Labels = Add(metadata.Labels, name, value) });

    public JobDocumentBuilder WithAnnotation(string name, string value) =>
        WithMetadata(metadata => metadata with { Annotations = Add(metadata.Annotations, name, value) });

    public JobDocumentBuilder WithIdempotencyKey(string key) => WithExecution(execution => execution with { IdempotencyKey = key });

    /// <summary>1 to 10, higher is more urgent; what lies outside is moved to the nearer end.</summary>
    public JobDocumentBuilder WithPriority(int priority) => WithExecution(execution => execution with { Priority = Math.Clamp(priority, 1, 10) });

    /// <summary>For all attempts together, in whole seconds.</summary>
    public JobDocumentBuilder WithTimeout(TimeSpan timeout)
    {
        _hasTimeout = true;
        return WithExecution(execution => execution with { TimeoutSeconds = (int)timeout.TotalSeconds });
    }

    public JobDocumentBuilder WithMaxAttempts(int attempts) => WithExecution(execution => execution with { MaxAttempts = attempts });

    public JobDocumentBuilder WithDeadline(DateTimeOffset deadline) => WithExecution(execution => execution with { Deadline = deadline });

    public JobDocumentBuilder WithCancellable(bool cancellable) => WithExecution(execution => execution with { Cancellable = cancellable });

    /// <summary>Jobs that must have ended before this one starts.</summary>
    public JobDocumentBuilder WithDependencies(DependencyFailure onFailure, params IReadOnlyList<string> jobIds) =>
        WithExecution(execution => execution with { DependsOn = [.. execution.DependsOn ?? [], .. jobIds], OnDependencyFailure = onFailure });

    public JobDocumentBuilder WithRequiredCapability(string capability) =>
        WithConstraints(constraints => constraints with { RequiredCapabilities = [.. constraints.RequiredCapabilities ?? [], capability] });

    public JobDocumentBuilder WithRequiredFeature(string feature) =>
        WithConstraints(constraints => constraints with { RequiredFeatures = [.. constraints.RequiredFeatures ?? [], feature] });

    /// <summary>A semantic version such as <c>1.2.0</c>.</summary>
    public JobDocumentBuilder WithMinimumWorkerVersion(string version) =>
        WithConstraints(constraints => constraints with { MinimumWorkerVersion = version });

    public JobDocumentBuilder WithMaximumDiskSizeGb(long gibibytes) =>
        WithConstraints(constraints => constraints with { MaximumDiskSizeGb = gibibytes });

    public JobDocumentBuilder WithMinimumMemoryGb(long gibibytes) =>
        WithConstraints(constraints => constraints with { MinimumMemoryGb = gibibytes });

    public JobDocumentBuilder WithMinimumFreeDiskGb(long gibibytes) =>
        WithConstraints(constraints => constraints with { MinimumFreeDiskGb = gibibytes });

    public JobDocumentBuilder WithRequirePrivileged(bool required) =>
        WithConstraints(constraints => constraints with { RequirePrivileged = required });

    public JobDocumentBuilder WithAllowedWorkerPools(params IReadOnlyList<string> pools) =>
        WithConstraints(constraints => constraints with { AllowedWorkerPools = [.. constraints.AllowedWorkerPools ?? [], .. pools] });

    public JobDocumentBuilder WithWorkerId(string workerId) => WithRouting(routing => routing with { WorkerId = workerId });

    public JobDocumentBuilder WithWorkerPool(string pool) => WithRouting(routing => routing with { WorkerPool = pool });

    public JobDocumentBuilder WithAffinity(string name, string value) =>
        WithRouting(routing => routing with { Affinity = Add(routing.Affinity, name, value) });

    public JobDocumentBuilder WithAntiAffinity(string name, params IReadOnlyList<string> values) =>
        WithRouting(routing => routing with { AntiAffinity = Add(routing.AntiAffinity, name, values) });

    /// <summary>The submitter's trace, and the span in it that the job belongs to.</summary>
    public JobDocumentBuilder WithTrace(string traceId, string? spanId = null) =>
        WithObservability(observability => observability with { TraceId = traceId, SpanId = spanId });

    public JobDocumentBuilder WithCorrelationId(string correlationId) =>
        WithObservability(observability => observability with { CorrelationId = correlationId });

    public JobDocumentBuilder WithSubmitter(string submittedBy, string? submittedFrom = null) =>
        WithAudit(audit => audit with { SubmittedBy = submittedBy, SubmittedFrom = submittedFrom });

    public JobDocumentBuilder WithAuthorization(string method, string subject) =>
        WithAudit(audit => audit with { Authorization = new JobAuthorization { Method = method, Subject = subject } });

    /// <summary>An address to tell of the job's end, in the statuses given or in all.</summary>
    public JobDocumentBuilder WithWebhook(string url, params IReadOnlyList<string> statuses) => With(document => document with
    {
        Notifications = new JobNotifications
        {
            Webhooks = [.. document.Notifications?.Webhooks ?? [], new JobWebhook { Url = url, On = statuses.Count > 0 ? statuses : null }],
        },
    });

    /// <summary>The document, checked as a submitted one is, but for its payload's data, which the operation knows.</summary>
    /// <exception cref="JobException">It breaks a rule; the code and the message are those of the first, with the count of all.</exception>
    public JobDocument Build()
    {
        var now = _time.GetUtcNow();
        var document = _document with
        {
            JobId = _document.JobId.Length > 0 ? _document.JobId : $"job-{Guid.CreateVersion7(now):N}",
            CreatedAt = now,
            Execution = _hasTimeout
                ? _document.Execution
                : _document.Execution with { TimeoutSeconds = JobExecution.DefaultTimeoutSecondsFor(_document.Operation) },
        };
        var violations = JobDocumentReader.Read(JsonSerializer.SerializeToUtf8Bytes(document, ProtocolJson.Options)).Violations;
        return violations.Count == 0 ? document : throw new JobException(violations[0].Code, Violation.Summarize(violations));
    }

    private static Dictionary<string, T> Add<T>(IReadOnlyDictionary<string, T>? map, string name, T value) =>
        new(map ?? new Dictionary<string, T>(), StringComparer.Ordinal) { [name] = value };

    private JobDocumentBuilder With(Func<JobDocument, JobDocument> change)
    {
        _document = change(_document);
        return this;
    }

    private JobDocumentBuilder WithMetadata(Func<JobMetadata, JobMetadata> change) =>
        With(document => document with { Metadata = change(document.Metadata ?? new JobMetadata()) });

    private JobDocumentBuilder WithExecution(Func<JobExecution, JobExecution> change) =>
        With(document => document with { Execution = change(document.Execution) });

    private JobDocumentBuilder WithConstraints(Func<JobConstraints, JobConstraints> change) =>
        With(document => document with { Constraints = change(document.Constraints ?? new JobConstraints()) });

    private JobDocumentBuilder WithRouting(Func<JobRouting, JobRouting> change) =>
        With(document => document with { Routing = change(document.Routing ?? new JobRouting()) });

    private JobDocumentBuilder WithObservability(Func<JobObservability, JobObservability> change) =>
        With(document => document with { Observability = change(document.Observability ?? new JobObservability()) });

    private JobDocumentBuilder WithAudit(Func<JobAudit, JobAudit> change) =>
        With(document => document with { Audit = change(document.Audit ?? new JobAudit()) });
}
