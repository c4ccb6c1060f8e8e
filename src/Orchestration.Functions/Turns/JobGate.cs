using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Entities;

namespace Orchestration.Functions.Turns;

/// <summary>
/// The durable entity that gives out turns: one for all jobs, so that the bound on jobs at work holds on however many machines. An entity
/// cannot send events: the orchestration whose call made it somebody else's turn tells them.
/// </summary>
public sealed class JobGate : TaskEntity<TurnQueue>
{
    /// <summary>The event that tells a waiting job of its turn.</summary>
    public const string TurnEvent = "turn";

    public static EntityInstanceId Id { get; } = new(nameof(JobGate), "all");

    public Turn Ask(TurnRequest request) => State.Ask(request);

    public IReadOnlyList<string> Leave(TurnEnd end) => State.Leave(end);

    [Function(nameof(JobGate))]
    public static Task RunAsync([EntityTrigger] TaskEntityDispatcher dispatcher)
    {
        ArgumentNullException.ThrowIfNull(dispatcher);
        return dispatcher.DispatchAsync(new JobGate());
    }
}
