using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay;

/// <summary>The orchestrator's code did not repeat what its history says it did.</summary>
#pragma warning disable CA1064 // It never leaves the engine: users see its name and message in the failure details.
internal sealed class NonDeterministicOrchestrationException(string recorded, string repeated, string message) : Exception(message)
#pragma warning restore CA1064
{
    private const string Advice =
        "Orchestrator code must do the same in every replay: check for a change of the code since the instance started, "
        + "and for time, random values, I/O or settings used inside the orchestrator.";

    /// <summary>What the history has, in words.</summary>
    public string Recorded { get; } = recorded;

    /// <summary>What the code did instead, in words.</summary>
    public string Repeated { get; } = repeated;

    public static NonDeterministicOrchestrationException Mismatch(ActionEvent recorded, ActionEvent? repeated)
    {
        (string before, string now) = (Describe(recorded), repeated is null ? "nothing" : Describe(repeated));
        return new(
            before,
            now,
            $"The history says that action #{recorded.TaskId} was {before}, but the orchestrator now asked for {now}"
            + (repeated is null ? " there. " : ". ") + Advice);
    }

    public static NonDeterministicOrchestrationException Surplus(ActionEvent repeated) => new(
        "nothing",
        Describe(repeated),
        $"The orchestrator asked for {Describe(repeated)} as action #{repeated.TaskId} in a turn whose history does not have it. " + Advice);

    private static string Describe(ActionEvent action) => action switch
    {
        TaskScheduled task => $"the activity '{task.Name}'",
        SubOrchestrationCreated child => $"the sub-orchestration '{child.Name}'",
        TimerCreated => "a timer",
        EventSent sent => $"the event '{sent.Name}' to another instance",
        EntityOperationCalled call => $"a call of '{call.Operation}' of the entity '{call.EntityId}'",
        EntityOperationSignaled signal => $"a signal '{signal.Operation}' to the entity '{signal.EntityId}'",
        EntityLockRequested request => $"a lock of {string.Join(", ", request.Entities)}",
        EntityUnlockSent => "the end of a critical section",
        _ => action.GetType().Name,
    };
}
