using System.Threading.Channels;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>
/// Work that many workers wait for, first in, first out. Only one of them waits for the work itself and, when it gets some, lets the next
/// one wait: so that one piece of work wakes two workers and not all of them, and a burst wakes no more than find something to do, because
/// those that run take more before they wait. Safe for concurrent use.
/// </summary>
#pragma warning disable CA1001 // A semaphore that is only awaited has no handle to dispose of.
internal sealed class WorkQueue<T>
#pragma warning restore CA1001
{
    private readonly Channel<T> _work = Channel.CreateUnbounded<T>();
    private readonly SemaphoreSlim _lead = new(1, 1);

    public void Add(T work) => _work.Writer.TryWrite(work);

    /// <summary>Takes the oldest piece of work, once there is one.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, whether there is work or not.</exception>
    public async ValueTask<T> TakeAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_work.Reader.TryRead(out T? next))
        {
            return next;
        }

        await _lead.WaitAsync(cancellation);
        try
        {
            return await _work.Reader.ReadAsync(cancellation);
        }
        finally
        {
            _lead.Release();
        }
    }
}
