using Microsoft.DurableTask;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay;

/// <summary>Where an execution stands after its history, before anything new.</summary>
internal sealed record ExecutionState
{
    /// <summary>What has been asked for and not answered, and the number of the attempt that each is.</summary>
    public required IReadOnlyList<(ActionEvent Action, int Attempt)> Open { get; init; }

    /// <summary>Names of awaited events.</summary>
    public required IReadOnlyList<string> AwaitedEvents { get; init; }

    /// <summary>Names of events that nobody has received, oldest first.</summary>
    public required IReadOnlyList<string> UnreceivedEvents { get; init; }

    /// <summary>Messages that are held because the execution is suspended.</summary>
    public required int HeldMessages { get; init; }

    /// <summary>Why the worker cannot run the execution; null: it can.</summary>
    public TaskFailureDetails? Refusal { get; init; }

    /// <summary>Whether the refusal only holds the instance back; otherwise its next turn fails it.</summary>
    public bool IsRejected { get; init; }

    /// <summary>Where the code differs from the history; null: it does not.</summary>
    public NonDeterministicOrchestrationException? Divergence { get; init; }

    /// <summary>How many events of the history the code has repeated.</summary>
    public required int Repeated { get; init; }

    /// <summary>How the orchestrator has ended; null: it waits for something.</summary>
    public TurnResult? Ending { get; init; }
}
