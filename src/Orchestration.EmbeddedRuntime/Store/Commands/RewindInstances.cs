using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Rewinding;
using Orchestration.EmbeddedRuntime.Store.Reading;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Store.Commands;

/// <summary>Lets failed instances go on, all of them or none.</summary>
/// <param name="instances">How each goes on; the first is the one that was asked for.</param>
/// <param name="reason">Why.</param>
/// <param name="now">The time, in UTC.</param>
/// <param name="resume">Runs an activity once this is committed.</param>
/// <param name="arm">Arms a timer once this is committed.</param>
internal sealed class RewindInstances(
    IReadOnlyList<RewoundInstance> instances,
    string? reason,
    DateTime now,
    Action<OpenAction<TaskScheduled>> resume,
    Action<OpenAction<TimerCreated>> arm) : StoreCommand<bool>
{
    private bool _isDone;

    /// <summary>Whether all instances were still as they had been found.</summary>
    protected override bool Result => _isDone;

    public override void Committed()
    {
        foreach (RewoundInstance instance in _isDone ? instances : [])
        {
            string executionId = instance.Started.ExecutionId;
            foreach (ActionEvent open in instance.Open)
            {
                switch (open)
                {
                    case TaskScheduled call:
                        resume(new OpenAction<TaskScheduled>(instance.Key, instance.InstanceId, executionId, call));
                        break;
                    case TimerCreated timer:
                        arm(new OpenAction<TimerCreated>(instance.Key, instance.InstanceId, executionId, timer));
                        break;
                }
            }
        }

        base.Committed();
    }

    protected override void Write(StoreSession session)
    {
        _isDone = instances.All(instance =>
            session.Find(instance.InstanceId) is { Status: OrchestrationRuntimeStatus.Failed } found && found.Key == instance.Key);
        if (!_isDone)
        {
            return;
        }

        var rewound = instances.Select(instance => instance.InstanceId).ToHashSet();
        foreach (RewoundInstance instance in instances)
        {
            session.Reopen(instance.Key, instance.Turns, now);
            Deliveries.Add(session.Send(instance.Key, instance.InstanceId, new ExecutionRewound(reason), null));
            foreach (HistoryEvent message in instance.Redelivered)
            {
                string? executionId = message is ResultEvent ? instance.Started.ExecutionId : null;
                Deliveries.Add(session.Send(instance.Key, instance.InstanceId, message, executionId));
            }

            foreach (ActionEvent open in instance.Open)
            {
                DoAgain(session, instance, open, rewound);
            }
        }
    }

    private void DoAgain(StoreSession session, RewoundInstance instance, ActionEvent open, HashSet<string> rewound)
    {
        string executionId = instance.Started.ExecutionId;
        switch (open)
        {
            case TaskScheduled call:
                session.AddActivity(instance.Key, executionId, call);
                break;
            case TimerCreated timer:
                session.AddTimer(instance.Key, executionId, timer);
                break;
            case SubOrchestrationCreated child when rewound.Contains(child.InstanceId) || session.Find(child.InstanceId) is { IsTerminal: false }:
                // It will answer.
                break;
            case SubOrchestrationCreated child:
                var parent = new ParentLink(instance.Started.Name, instance.InstanceId, executionId, child.TaskId);
                Deliveries.Add(session.StartChild(instance.Key, child, parent, instance.Started, now));
                break;
            default:
                foreach (var (entityId, message, visibleAt) in EntityOutbox.Messages(open, instance.InstanceId, instance.Started))
                {
                    Deliveries.Add(session.SendToEntity(entityId, message, now, visibleAt));
                }

                break;
        }
    }
}
