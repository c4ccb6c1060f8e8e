using System.Text.Json;
using Orchestration.Protocol.Documents;

namespace Orchestration.Protocol.Results;

/// <summary>What came of a job: specification section 1.7.</summary>
public sealed record JobResult
{
    public required string JobId { get; init; }

    public required string Operation { get; init; }

    /// <summary><c>completed</c>, <c>failed</c>, <c>timeout</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>The machine that wrote the result.</summary>
    public required string WorkerId { get; init; }

    public required ExecutionSummary ExecutionSummary { get; init; }

    public JobOutputs? Outputs { get; init; }

    public JobMetrics? Metrics { get; init; }

    public JobError? Error { get; init; }

    public JobObservability? Observability { get; init; }

    /// <summary>What the operation says of its outcome in short; the whole is in the artifacts.</summary>
    public JsonElement? Data { get; init; }
}

/// <param name="StartedAt">When the first attempt began.</param>
/// <param name="DurationSeconds">From then to the result, with fractions.</param>
/// <param name="Attempt">The attempt that ended the job, from 1.</param>
/// <param name="IdempotencyKey">As submitted.</param>
public sealed record ExecutionSummary(DateTimeOffset StartedAt, double DurationSeconds, int Attempt, string? IdempotencyKey);

/// <param name="Primary">The main output, as <c>container/blob</c>.</param>
/// <param name="Artifacts">All outputs, as <c>container/blob</c>.</param>
public sealed record JobOutputs(string? Primary, IReadOnlyList<string> Artifacts);

/// <summary>What the job cost, all steps together. Null where it does not apply.</summary>
public sealed record JobMetrics
{
    /// <summary>Bytes fetched from where the image lies.</summary>
    public long? DiskReadBytes { get; init; }

    /// <summary>Bytes written to images.</summary>
    public long? DiskWriteBytes { get; init; }

    /// <summary>Most memory that the worker's process was seen to use while the job's steps ran, in MiB.</summary>
    public double? PeakMemoryMb { get; init; }

    /// <summary>
    /// Processor time of the steps that ran. Steps that ran side by side in one process share its time evenly.
    /// </summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Size of the stored image.</summary>
    public long? ImageSizeBytes { get; init; }

    /// <summary>Requests sent to fetch them.</summary>
    public long? Requests { get; init; }

    /// <summary>Round trips that had to wait for an earlier one.</summary>
    public long? Waves { get; init; }

    /// <summary>Seconds that the steps took, added up.</summary>
    public double? StepSeconds { get; init; }
}
