using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Activities;

/// <summary>Continues the submitter's trace: the spans of a job's steps are children of the span that its document names.</summary>
public static class JobTrace
{
    /// <summary>The name under which the spans are exported.</summary>
    public const string SourceName = "Orchestration.Jobs";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins a span; null where nobody listens.</summary>
    public static Activity? Begin(string name, string jobId, JobObservability? observability)
    {
        var activity = Source.StartActivity(name, ActivityKind.Internal, ParentOf(observability));
        activity?.SetTag("job.id", jobId);
        activity?.SetTag("job.correlation_id", observability?.CorrelationId);
        return activity;
    }

    /// <summary>What a result says of the trace: the submitter's, with a span of the job's own, the same however often the result is written.</summary>
    public static JobObservability? ForResult(string jobId, int attempt, JobObservability? observability) => observability is null ? null : observability with
    {
        SpanId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{jobId}/{attempt}")).AsSpan(0, 8)),
        ParentSpanId = observability.SpanId,
    };

    private static ActivityContext ParentOf(JobObservability? observability)
    {
        // A UUID has the same 128 bits, with hyphens.
        var trace = observability?.TraceId?.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (trace is not { Length: 32 } || !trace.All(char.IsAsciiHexDigitLower))
        {
            return default;
        }

        var span = observability?.SpanId?.ToLowerInvariant();
        return new ActivityContext(
            ActivityTraceId.CreateFromString(trace),
            span is { Length: 16 } && span.All(char.IsAsciiHexDigitLower) ? ActivitySpanId.CreateFromString(span) : ActivitySpanId.CreateRandom(),
            ActivityTraceFlags.Recorded,
            isRemote: true);
    }
}
