using System.Collections.Concurrent;
using Orchestration.EmbeddedRuntime.Engine.Dispatch;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Dispatch;

public class WorkQueueTests
{
    [Fact]
    public async Task Many_workers_take_every_piece_of_work_once()
    {
        const int Pieces = 10_000;
        var queue = new WorkQueue<int>();
        var taken = new ConcurrentBag<int>();
        using var done = new CountdownEvent(Pieces);
        using var stop = new CancellationTokenSource();
        Task[] workers = [.. Enumerable.Range(0, 50).Select(_ => WorkAsync())];

        Parallel.For(0, Pieces, queue.Add);
        Assert.True(done.Wait(TimeSpan.FromSeconds(30)));
        await stop.CancelAsync();
        await Task.WhenAll(workers);

        Assert.Equal(Enumerable.Range(0, Pieces), taken.Order());

        async Task WorkAsync()
        {
            try
            {
                while (true)
                {
                    taken.Add(await queue.TakeAsync(stop.Token));
                    await Task.Yield();
                    done.Signal();
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    [Fact]
    public async Task While_one_worker_is_busy_another_takes_what_comes()
    {
        var queue = new WorkQueue<string>();
        Task<string> first = queue.TakeAsync(CancellationToken.None).AsTask();
        Task<string> second = queue.TakeAsync(CancellationToken.None).AsTask();

        queue.Add("one");
        queue.Add("two");

        Assert.Equal(["one", "two"], (await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(30))).Order());
    }

    [Fact]
    public async Task A_worker_that_is_stopped_takes_nothing_although_there_is_work()
    {
        var queue = new WorkQueue<int>();
        queue.Add(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.TakeAsync(new CancellationToken(canceled: true)).AsTask());

        Assert.Equal(1, await queue.TakeAsync(CancellationToken.None));
    }
}
