using Microsoft.Extensions.Options;

namespace Orchestration.Functions.Turns;

/// <summary>
/// Bounds the steps that this process runs side by side. The runtime's own limit counts all activities, and most of them wait for storage;
/// steps take memory.
/// </summary>
public sealed class StepSlots(IOptions<TurnOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.Value.MaximumConcurrentSteps);

    /// <summary>Waits for a slot; it is given back by disposal.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        return new Slot(_slots);
    }

    public void Dispose() => _slots.Dispose();

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
