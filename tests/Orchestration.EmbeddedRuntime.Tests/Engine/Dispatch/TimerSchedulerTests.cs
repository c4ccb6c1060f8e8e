using System.Collections.Concurrent;
using Orchestration.EmbeddedRuntime.Engine.Dispatch;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Dispatch;

public class TimerSchedulerTests
{
    [Fact]
    public async Task Timers_ring_in_order_never_early_and_a_removed_one_not_at_all()
    {
        using var timers = new TimerScheduler(TimeProvider.System);
        var rang = new ConcurrentQueue<(int Task, bool Early)>();
        var last = new TaskCompletionSource();
        DateTime now = DateTime.UtcNow;
        foreach (int milliseconds in new[] { 60, 20, 40, 20 + 5 })
        {
            Add(milliseconds, now.AddMilliseconds(milliseconds));
        }

        timers.Remove(new TimerKey(1, 40));
        timers.Add(new TimerKey(1, 100), now.AddMilliseconds(100), last.SetResult);
        await last.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([(20, false), (25, false), (60, false)], rang);

        void Add(int task, DateTime due) => timers.Add(new TimerKey(1, task), due, () => rang.Enqueue((task, DateTime.UtcNow < due)));
    }
}
