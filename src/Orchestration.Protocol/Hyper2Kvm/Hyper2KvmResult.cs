using System.Text.Json;
using Orchestration.Protocol.Results;

namespace Orchestration.Protocol.Hyper2Kvm;

/// <summary>A job's result in the shape of hyper2kvm: specification section 1.16.</summary>
public sealed record Hyper2KvmResult
{
    public required string JobId { get; init; }

    /// <summary><c>completed</c>, <c>failed</c> or <c>cancelled</c>; a job that ran out of time has failed, with the code <c>TIMEOUT</c>.</summary>
    public required string Status { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }

    public required Hyper2KvmOutputs Outputs { get; init; }

    public required Hyper2KvmMetrics Metrics { get; init; }

    public Hyper2KvmError? Error { get; init; }

    public required string WorkerId { get; init; }

    /// <summary>0 for the first attempt.</summary>
    public required int RetryAttempt { get; init; }

    public static Hyper2KvmResult From(JobResult result)
    {
        var artifacts = result.Outputs?.Artifacts ?? [];
        return new Hyper2KvmResult
        {
            JobId = result.JobId,
            Status = result.Status == "timeout" ? "failed" : result.Status,
            CompletedAt = result.CompletedAt ?? result.FailedAt ?? result.ExecutionSummary.StartedAt,
            Outputs = new Hyper2KvmOutputs(
                FixedImage: null, Logs: null, result.Outputs?.Primary, [.. artifacts.Where(artifact => artifact != result.Outputs?.Primary)]),
            Metrics = new Hyper2KvmMetrics(result.ExecutionSummary.DurationSeconds, result.Metrics?.DiskReadBytes, result.Metrics?.DiskWriteBytes),
            Error = result.Error is { } error ? new Hyper2KvmError(error.Phase ?? "execution", error.Code, error.Message, error.Details) : null,
            WorkerId = result.WorkerId,
            RetryAttempt = Math.Max(0, result.ExecutionSummary.Attempt - 1),
        };
    }
}

/// <param name="FixedImage">The image that was made.</param>
/// <param name="Logs">Where the log lies.</param>
/// <param name="Report">The main output.</param>
/// <param name="Intermediates">The other outputs.</param>
public sealed record Hyper2KvmOutputs(string? FixedImage, string? Logs, string? Report, IReadOnlyList<string> Intermediates);

/// <param name="ExecutionSeconds">From the first attempt's begin to the result.</param>
/// <param name="DiskReadBytes">Bytes fetched from the image.</param>
/// <param name="DiskWriteBytes">Bytes written.</param>
public sealed record Hyper2KvmMetrics(double ExecutionSeconds, long? DiskReadBytes, long? DiskWriteBytes);

/// <param name="Phase">Where it failed.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">For people.</param>
/// <param name="Details">For programs. There is never a stack trace.</param>
public sealed record Hyper2KvmError(string Phase, string Code, string Message, IReadOnlyDictionary<string, JsonElement>? Details);
