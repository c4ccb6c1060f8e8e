using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime;

/// <summary>What an activity on the embedded engine knows beyond the common model.</summary>
public abstract class EmbeddedActivityContext : TaskActivityContext
{
    /// <summary>Characters of a progress text that are kept.</summary>
    public const int MaxProgressLength = 1000;

    /// <summary>Cancelled when the host stops, and when the orchestration that called the activity is terminated.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The number of the call within its orchestration; the first task has number 0.</summary>
    public abstract int TaskId { get; }

    /// <summary>
    /// Says that the activity is alive, and how far it is; the instance's diagnosis shows the newest call. It is kept in memory only, is
    /// cheap, and may be called from any thread.
    /// </summary>
    /// <param name="progress">For people; no more than <see cref="MaxProgressLength"/> characters of it are kept.</param>
    public abstract void Heartbeat(string? progress = null);
}
