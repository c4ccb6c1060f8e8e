using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime;

/// <summary>What an activity on the embedded engine knows beyond the common model.</summary>
public abstract class EmbeddedActivityContext : TaskActivityContext
{
    /// <summary>Cancelled when the host stops, and when the orchestration that called the activity is terminated.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The number of the call within its orchestration; the first task has number 0.</summary>
    public abstract int TaskId { get; }
}
