using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Engine.Replay;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>An orchestrator that waits in memory for its next turn, with the services it was made of.</summary>
internal sealed record WarmOrchestrator(OrchestrationExecution Execution, IServiceScope Scope);

/// <summary>
/// The orchestrators of the last turns, kept in their mailboxes so that their next turn needs no replay. Safe for concurrent use.
/// </summary>
/// <param name="capacity">Turns; 0 keeps nothing, and every turn replays.</param>
internal sealed class WarmOrchestrators(int capacity)
{
    private readonly ConcurrentQueue<(InstanceMailbox Mailbox, WarmOrchestrator Warm)> _kept = new();
    private int _count;

    /// <summary>Keeps an orchestrator after its turn has been committed, and drops the one that has been kept longest.</summary>
    public void Keep(InstanceMailbox mailbox, OrchestrationExecution execution, IServiceScope scope)
    {
        if (capacity == 0)
        {
            scope.Dispose();
            return;
        }

        // A new object each time: the place of an earlier turn in the queue does not drop what a later one has kept.
        var warm = new WarmOrchestrator(execution, scope);
        mailbox.Warm = warm;
        _kept.Enqueue((mailbox, warm));
        if (Interlocked.Increment(ref _count) > capacity)
        {
            DropOldest();
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (!_kept.IsEmpty)
        {
            DropOldest();
        }
    }

    private void DropOldest()
    {
        if (_kept.TryDequeue(out var oldest))
        {
            Interlocked.Decrement(ref _count);
            if (oldest.Mailbox.TryDrop(oldest.Warm))
            {
                oldest.Warm.Scope.Dispose();
            }
        }
    }
}
