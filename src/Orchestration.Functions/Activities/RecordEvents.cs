using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Events;
using Orchestration.Protocol.Progress;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Activities;

/// <summary>Adds changes of a job's state to its event log.</summary>
public sealed class RecordEvents(EventLog log)
{
    [Function(nameof(RecordEvents))]
    public Task RunAsync([ActivityTrigger] StateChanges changes, CancellationToken cancellationToken) =>
        log.AppendAsync(changes.JobId, changes.ToEvents(), isProgress: false, cancellationToken);
}

/// <param name="JobId">The job.</param>
/// <param name="Run">The attempt with which the orchestration began: a job that is run again begins to count anew.</param>
/// <param name="First">How many changes of this run came before.</param>
/// <param name="Changes">In order.</param>
public sealed record StateChanges(string JobId, int Run, int First, IReadOnlyList<StateChange> Changes)
{
    /// <summary>The events that they are, each under a key that is the same whenever it is told.</summary>
    public IReadOnlyList<LoggedEvent> ToEvents() =>
        [.. Changes.Select((change, index) => new LoggedEvent(ProgressEvent.For(JobId, change), $"{Run}/{First + index}"))];
}
