using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <summary>Tries turns again that could not be run or stored, after longer and longer pauses.</summary>
internal sealed class TurnRetries(TimerScheduler timers, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    /// <summary>Gives a mailbox back with its messages.</summary>
    /// <param name="mailbox">Taken by the caller.</param>
    /// <param name="messages">What the turn took, oldest first.</param>
    /// <param name="exception">How it failed.</param>
    /// <param name="retry">Asks for a turn.</param>
    public void Schedule(Mailbox mailbox, IReadOnlyList<InboxMessage> messages, Exception exception, Action retry)
    {
        if (exception is StoreException { Error: StoreError.Closed })
        {
            return;
        }

        DateTime now = time.GetUtcNow().UtcDateTime;
        int count = (mailbox.Failure?.Count ?? 0) + 1;
        TimeSpan delay = TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(count - 1, 8)));
        mailbox.Failure = new TurnFailure(exception, now, count, now + delay);
        logger.TurnFailed(exception, mailbox.InstanceId, delay);
        mailbox.PutBack(messages);
        timers.Add(new TimerKey(mailbox.Key, TimerKey.TurnRetry), now + delay, retry);
    }
}
