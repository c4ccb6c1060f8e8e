using Microsoft.DurableTask;
using Orchestration.Functions.Turns;
using Orchestration.Protocol;

namespace Orchestration.Functions.Orchestrators.Waits;

/// <summary>A job's turn to run: asked of the gate, waited for, and given back.</summary>
/// <param name="context">The job's orchestration.</param>
/// <param name="ticket">The job.</param>
/// <param name="limit">The most jobs at work; null where the job needs no turn.</param>
public sealed class JobTurn(TaskOrchestrationContext context, JobTicket ticket, int? limit)
{
    private readonly DateTimeOffset _since = new(context.CurrentUtcDateTime, TimeSpan.Zero);
    private bool _asked;

    private DateTimeOffset Now => new(context.CurrentUtcDateTime, TimeSpan.Zero);

    /// <summary>Waits for the turn. A job that waits again, after a pause or between attempts, keeps its place in the order of time.</summary>
    /// <param name="signals">What may end the wait.</param>
    /// <param name="waiting">Called where the job must wait, with the reason.</param>
    /// <returns>Why the job may not go on; null where it is its turn.</returns>
    public async Task<JobError?> TakeAsync(JobSignals signals, Func<string, Task> waiting)
    {
        if (limit is not { } most || _asked)
        {
            return null;
        }

        _asked = true;
        var request = new TurnRequest(new WaitingJob(ticket.JobId, ticket.Priority, _since), most, Now);
        var turn = await context.Entities.CallEntityAsync<Turn>(JobGate.Id, nameof(JobGate.Ask), request);
        Tell(turn.AlsoGranted);
        if (turn.Granted)
        {
            return null;
        }

        var granted = context.WaitForExternalEvent<bool>(JobGate.TurnEvent);
        await waiting($"{turn.Running} jobs are at work, as many as may be; {turn.Ahead} wait before this one.");
        return await signals.WaitIdleAsync(granted);
    }

    /// <summary>Gives the turn back, or stops waiting for it.</summary>
    public async Task LeaveAsync()
    {
        if (_asked)
        {
            _asked = false;
            Tell(await context.Entities.CallEntityAsync<IReadOnlyList<string>>(JobGate.Id, nameof(JobGate.Leave), new TurnEnd(ticket.JobId, Now)));
        }
    }

    private void Tell(IReadOnlyList<string> jobs)
    {
        foreach (var job in jobs)
        {
            context.SendEvent(job, JobGate.TurnEvent, true);
        }
    }
}
