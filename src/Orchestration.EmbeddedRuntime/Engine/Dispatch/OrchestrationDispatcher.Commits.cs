using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Engine.Tracing;
using Orchestration.EmbeddedRuntime.Store.Reading;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Dispatch;

/// <content>What happens once a turn is committed, or could not be.</content>
internal sealed partial class OrchestrationDispatcher
{
    private void Committed(InstanceMailbox mailbox, TurnResult result, IServiceScope? scope)
    {
        mailbox.Failure = null;
        string executionId = result.Started?.ExecutionId ?? string.Empty;
        string name = result.Started?.Name ?? string.Empty;
        bool isFirst = mailbox.Turns == 0;
        if (isFirst && result.Status != OrchestrationRuntimeStatus.Terminated)
        {
            using IDisposable? scopeOfLog = InstanceScope.Begin(_logger, mailbox.InstanceId, result.Started?.TraceParent);
            _logger.OrchestrationStarted(mailbox.InstanceId, name);
        }

        TurnSpans.Tell(mailbox.InstanceId, mailbox.History ?? [], result, Now);
        foreach (ActionEvent action in result.Actions)
        {
            switch (action)
            {
                case TaskScheduled call:
                    Activities.Enqueue(new OpenAction<TaskScheduled>(mailbox.Key, mailbox.InstanceId, executionId, call));
                    break;
                case TimerCreated timer:
                    Arm(new OpenAction<TimerCreated>(mailbox.Key, mailbox.InstanceId, executionId, timer));
                    break;
            }
        }

        if (result.IsTerminal)
        {
            _mailboxes.End(mailbox);
            _timers.Remove(new TimerKey(mailbox.Key, TimerKey.ScheduledStart));
            LogEnd(mailbox.InstanceId, name, result);
        }

        foreach (ActionEvent abandoned in result.Abandoned)
        {
            switch (abandoned)
            {
                case TimerCreated:
                    _timers.Remove(new TimerKey(mailbox.Key, abandoned.TaskId));
                    break;
                case TaskScheduled:
                    Activities.Cancel(mailbox.Key, abandoned.TaskId);
                    break;
            }
        }

        if (scope is not null && result.Execution is { } execution)
        {
            _warm.Keep(mailbox, execution, scope);
        }

        if (!result.IsTerminal)
        {
            Continue(mailbox, result);
        }

        if (isFirst || result.IsTerminal)
        {
            _signals.Notify(mailbox.InstanceId);
        }
    }

    private void Continue(InstanceMailbox mailbox, TurnResult result)
    {
        if (result.Next is null)
        {
            (mailbox.History ??= []).AddRange(result.NewEvents);
            mailbox.Turns++;
        }
        else
        {
            mailbox.History = [];
            mailbox.Turns = 0;
        }

        _mailboxes.Release(mailbox);
    }

    private void RetryLater(InstanceMailbox mailbox, IReadOnlyList<InboxMessage> messages, Exception exception) =>
        _retries.Schedule(mailbox, messages, exception, () => _mailboxes.Post(mailbox.Key, mailbox.InstanceId, null));

    private void LogEnd(string instanceId, string name, TurnResult result)
    {
        using IDisposable? scope = InstanceScope.Begin(_logger, instanceId, result.Started?.TraceParent);
        switch (result.Status)
        {
            case OrchestrationRuntimeStatus.Completed:
                _logger.OrchestrationCompleted(instanceId, name);
                break;
            case OrchestrationRuntimeStatus.Failed:
                _logger.OrchestrationFailed(result.Exception, instanceId, name);
                break;
            default:
                _logger.OrchestrationTerminated(instanceId, name);
                break;
        }
    }
}
