using System.Text.Json;

namespace Orchestration.Protocol;

/// <summary>Why a job failed (specification section 1.7).</summary>
public sealed record JobError
{
    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public required string Code { get; init; }

    public required string Message { get; init; }

    /// <summary>The phase in which it failed.</summary>
    public string? Phase { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Details { get; init; }

    /// <summary>Whether the same job may succeed when tried again unchanged.</summary>
    public required bool Recoverable { get; init; }

    public required bool RetryRecommended { get; init; }

    public static JobError Create(string code, string message, string? phase, IReadOnlyDictionary<string, JsonElement>? details = null)
    {
        var recoverable = ErrorCodes.IsRecoverable(code);
        return new JobError
        {
            Code = code,
            Message = message,
            Phase = phase,
            Details = details,
            Recoverable = recoverable,
            RetryRecommended = recoverable,
        };
    }
}
