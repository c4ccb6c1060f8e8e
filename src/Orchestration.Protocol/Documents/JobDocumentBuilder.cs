using System.Text.Json;

namespace Orchestration.Protocol.Documents;

/// <summary>Builds job documents fluently. Not safe for concurrent use.</summary>
public sealed class JobDocumentBuilder
{
    private readonly string _operation;
    private readonly TimeProvider _time;
    private string? _jobId;
    private JsonElement _data = JsonSerializer.SerializeToElement(new { });
    private JobMetadata? _metadata;
    private JobExecution _execution = new();
    private JobAudit? _audit;

    /// <param name="operation">Dotted name such as <c>guestkit.inspect</c>; the payload type is its version 1.</param>
    /// <param name="time">Tells when the job was created.</param>
    public JobDocumentBuilder(string operation, TimeProvider? time = null)
    {
        _operation = operation;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Without it, the job gets an id of <c>job-</c> and a UUID version 7, which sorts by time.</summary>
    public JobDocumentBuilder WithJobId(string jobId)
    {
        _jobId = jobId;
        return this;
    }

    /// <summary>The payload's data, written with <see cref="ProtocolJson.Options"/>.</summary>
    public JobDocumentBuilder WithData<T>(T data)
    {
        _data = JsonSerializer.SerializeToElement(data, ProtocolJson.Options);
        return this;
    }

    public JobDocumentBuilder WithName(string name)
    {
        _metadata = (_metadata ?? new JobMetadata()) with { Name = name };
        return this;
    }

    public JobDocumentBuilder WithTimeout(TimeSpan timeout)
    {
        _execution = _execution with { TimeoutSeconds = (int)timeout.TotalSeconds };
        return this;
    }

    public JobDocumentBuilder WithMaxAttempts(int attempts)
    {
        _execution = _execution with { MaxAttempts = attempts };
        return this;
    }

    public JobDocumentBuilder WithSubmitter(string submittedBy)
    {
        _audit = (_audit ?? new JobAudit()) with { SubmittedBy = submittedBy };
        return this;
    }

    public JobDocument Build()
    {
        var now = _time.GetUtcNow();
        return new JobDocument
        {
            Version = JobDocument.CurrentVersion,
            JobId = _jobId ?? $"job-{Guid.CreateVersion7(now):N}",
            CreatedAt = now,
            Kind = JobDocument.VirtualMachineOperation,
            Operation = _operation,
            Payload = new JobPayload { Type = $"{_operation}.v1", Data = _data },
            Metadata = _metadata,
            Execution = _execution,
            Audit = _audit,
        };
    }
}
