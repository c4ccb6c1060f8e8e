using System.Text.Json;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.States;

namespace Orchestration.Protocol.Progress;

/// <summary>Something that happened to a job: specification section 1.8.</summary>
public sealed record ProgressEvent
{
    /// <summary>The type of these events where they are sent as server-sent events.</summary>
    public const string StreamEventType = "progress";

    public const string StateDetail = "state";
    public const string ReasonDetail = "reason";
    public const string StepDetail = "step";
    public const string AttemptDetail = "attempt";

    public required string JobId { get; init; }

    /// <summary>When it happened, in UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The event's place in the job's log: from 0, one more from event to event, and never another later.</summary>
    public long Sequence { get; init; }

    /// <summary>One of <see cref="Phases"/>.</summary>
    public required string Phase { get; init; }

    /// <summary>0 to 100; never goes back from event to event.</summary>
    public int? ProgressPercent { get; init; }

    /// <summary>What happened, for a person.</summary>
    public required string Message { get; init; }

    /// <summary>The same for programs.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Details { get; init; }

    public JobObservability? Observability { get; init; }

    /// <summary>The state that the job came to with this event; null for other events.</summary>
    public JobState? ReadState() =>
        Details is not null && Details.TryGetValue(StateDetail, out var state) ? state.Deserialize<JobState>(ProtocolJson.Options) : null;

    /// <summary>The event that a change of state is.</summary>
    public static ProgressEvent For(string jobId, StateChange change)
    {
        var name = JsonSerializer.SerializeToElement(change.State, ProtocolJson.Options);
        var details = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { [StateDetail] = name };
        if (change.Reason is { } reason)
        {
            details[ReasonDetail] = JsonSerializer.SerializeToElement(reason, ProtocolJson.Options);
        }

        return new ProgressEvent
        {
            JobId = jobId,
            Timestamp = change.At,
            Phase = PhaseOf(change.State),
            ProgressPercent = change.State == JobState.Completed ? 100 : null,
            Message = change.Reason is null ? $"The job is {name.GetString()}." : $"The job is {name.GetString()}: {change.Reason}",
            Details = details,
        };
    }

    private static string PhaseOf(JobState state) => state switch
    {
        JobState.Created or JobState.Validated => Phases.Validation,
        _ when JobStateMachine.IsTerminal(state) => Phases.Cleanup,
        _ => Phases.Execution,
    };
}
