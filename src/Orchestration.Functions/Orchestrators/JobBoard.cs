using System.Text.Json;
using Microsoft.DurableTask;
using Orchestration.Functions.Activities;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators;

/// <summary>The job's status, and its publication as the orchestration's custom status. The only place that changes a job's state.</summary>
public sealed class JobBoard
{
    private readonly TaskOrchestrationContext _context;
    private readonly int _run;
    private readonly List<StateChange> _unlogged = [];
    private int _logged;

    public JobBoard(TaskOrchestrationContext context, int attempt)
    {
        _context = context;
        _run = attempt;
        Status = JobStatus.Create(Now) with { Attempt = attempt };
        _unlogged.AddRange(Status.AuditTrail);
        Publish();
    }

    public JobStatus Status { get; private set; }

    private DateTimeOffset Now => new(_context.CurrentUtcDateTime, TimeSpan.Zero);

    /// <summary>Goes to another state. What the job waited for until now is over.</summary>
    /// <exception cref="InvalidOperationException">The state machine does not allow it.</exception>
    public void Change(JobState state, string? reason = null)
    {
        if (state != Status.State)
        {
            _unlogged.Add(new StateChange(state, Now, reason));
        }

        Status = Status.Change(state, Now, reason) with { Waiting = null };
        Publish();
    }

    /// <summary>The changes of state that came since this was asked last.</summary>
    public StateChanges TakeUnlogged()
    {
        var changes = new StateChanges(_context.InstanceId, _run, _logged, [.. _unlogged]);
        _logged += _unlogged.Count;
        _unlogged.Clear();
        return changes;
    }

    /// <summary>Notes progress. It is seen with the next change or publication.</summary>
    public void Note(Func<JobStatus, JobStatus> note) => Status = note(Status);

    /// <summary>Says what the job waits for, or that it waits no more.</summary>
    public void Wait(string? reason, string message = "")
    {
        Status = Status with { Waiting = reason is null ? null : new JobWait(reason, message, Now) };
        Publish();
    }

    public void Publish()
    {
        Status = StatusLimit.Fit(Status);
        _context.SetCustomStatus(JsonSerializer.SerializeToElement(Status, ProtocolJson.Options));
    }
}
