using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay;

/// <content>What a turn comes to once nothing in it can run any more.</content>
internal sealed partial class OrchestrationExecution
{
    private TurnResult Conclude(
        IReadOnlyList<HistoryEvent> history,
        List<HistoryEvent> accepted,
        NonDeterministicOrchestrationException? divergence)
    {
        // Before the divergence: an orchestrator that was not even begun repeats nothing of its history.
        if (_refusal is not null)
        {
            return Ended(accepted, OrchestrationRuntimeStatus.Failed, new ExecutionFailed(_refusal)) with
            {
                Failure = _refusal,
                IsRejected = _isRejected,
                Abandoned = OpenWork.Of(history),
            };
        }

        if (divergence is not null)
        {
            return Break(history, accepted, divergence);
        }

        bool isBlocked = _actions.Open.Count == 0 && !Events.HasWaiters && !_isSuspended;
        if (_scheduler.SawForeignWork || (_orchestrator is { IsCompleted: false } && isBlocked))
        {
            return Break(history, accepted, new InvalidOperationException(NotDurable));
        }

        return ConcludeIfOver(accepted)
            ?? Running(accepted, _isSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running);
    }

    private TurnResult? ConcludeIfOver(List<HistoryEvent> accepted)
    {
        // As in the Durable Task Framework, an instance ends when its orchestrator has returned and everything it asked for is answered.
        if (_orchestrator is not { IsCompleted: true } || _actions.Open.Count > 0 || _isSuspended)
        {
            return null;
        }

        if (TryGetOutput(out string? output, out Exception? failure))
        {
            return ContinueAsNew is { } next
                ? Running(accepted, OrchestrationRuntimeStatus.Running) with { Next = Successor(next) }
                : Ended(accepted, OrchestrationRuntimeStatus.Completed, new ExecutionCompleted(output)) with { Output = output };
        }

        if (ContinueAsNew is not null)
        {
            Settings.Loggers.CreateLogger(EngineLog.Category).ContinueAsNewIgnored(InstanceId);
        }

        return Fail(accepted, failure);
    }

    private bool TryGetOutput(out string? output, [NotNullWhen(false)] out Exception? failure)
    {
        try
        {
            output = Settings.Converter.Serialize(_orchestrator?.GetAwaiter().GetResult());
            failure = null;
            return true;
        }
#pragma warning disable CA1031 // Whatever an orchestrator throws, or its result throws when written, is how the orchestration failed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            output = null;
            failure = exception;
            return false;
        }
    }

    private ExecutionStarted Successor((string? Input, string? Version, bool PreserveEvents) next) => Started with
    {
        Input = next.Input,
        Version = next.Version ?? Started.Version,
        ExecutionId = Guid.NewGuid().ToString("N"),
        CarriedEvents = next.PreserveEvents && Events.Unreceived.Count > 0 ? [.. Events.Unreceived] : null,
    };

    private TurnResult Running(List<HistoryEvent> accepted, OrchestrationRuntimeStatus status) => new()
    {
        Started = Started,
        Execution = this,
        Status = status,
        NewEvents = [.. accepted, .. _actions.Unrecorded],
        Actions = [.. _actions.Unrecorded.Where(action => !_actions.Abandoned.Contains(action))],
        Abandoned = [.. _actions.Abandoned],
        CustomStatus = CustomStatus.Text,
        SetsCustomStatus = CustomStatus.IsSet,
    };

    private TurnResult Ended(List<HistoryEvent> accepted, OrchestrationRuntimeStatus status, HistoryEvent ending)
    {
        TurnResult running = Running(accepted, status);
        return running with { NewEvents = [.. running.NewEvents, ending] };
    }

    private TurnResult Fail(List<HistoryEvent> accepted, Exception exception)
    {
        TaskFailureDetails failure = Settings.Failures.Describe(exception);
        return Ended(accepted, OrchestrationRuntimeStatus.Failed, new ExecutionFailed(failure)) with
        {
            Failure = failure,
            Exception = exception,
        };
    }

    /// <summary>Fails an execution that broke the rules: what it asked for in this turn does not happen, what is open is given up.</summary>
    private TurnResult Break(IReadOnlyList<HistoryEvent> history, List<HistoryEvent> accepted, Exception exception)
    {
        TurnResult failed = Fail(accepted, exception);
        return failed with
        {
            Actions = [],
            // By the history, because the replay may not have got far.
            Abandoned = OpenWork.Of([.. history, .. accepted]),
            NewEvents = [.. accepted, failed.NewEvents[^1]],
        };
    }
}
