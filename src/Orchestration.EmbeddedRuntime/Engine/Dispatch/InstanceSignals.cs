using System.Collections.Concurrent;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>Wakes those who wait for an instance to start or to end. Safe for concurrent use.</summary>
internal sealed class InstanceSignals
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiters = new();

    /// <summary>
    /// Completes at the next <see cref="Notify"/> for the instance. Ask for it before looking at the instance, and no change is missed.
    /// </summary>
    public Task NextChange(string instanceId) =>
        _waiters.GetOrAdd(instanceId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Notify(string instanceId)
    {
        if (_waiters.TryRemove(instanceId, out TaskCompletionSource? waiters))
        {
            waiters.SetResult();
        }
    }
}
