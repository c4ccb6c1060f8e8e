using Orchestration.Functions.Operations;
using Orchestration.Protocol;

namespace Orchestration.Functions.Activities;

// What the orchestrator and its activities tell each other. Small on purpose: everything here is kept in history.

/// <param name="JobId">The job.</param>
/// <param name="IndexSegment">The segment of the job index that is to list the job.</param>
public sealed record ValidationRequest(string JobId, string? IndexSegment);

/// <param name="Plan">Null where the job cannot be run.</param>
/// <param name="Error">Why it cannot.</param>
/// <param name="MaximumConcurrent">The most jobs at work; null where this job needs no turn.</param>
public sealed record Validation(JobPlan? Plan, JobError? Error, int? MaximumConcurrent = null);

/// <param name="JobId">The job.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Step">The step's id in the plan.</param>
/// <param name="Phase">Its phase, for errors.</param>
/// <param name="EndsAt">When the job's time is up.</param>
/// <param name="Light">Whether the step is light, as its plan says.</param>
/// <param name="Percent">How far the job is.</param>
public sealed record StepRequest(
    string JobId, int Attempt, string Step, string Phase, DateTimeOffset EndsAt, bool Light = false, int Percent = 0);

/// <param name="Error">Null where the step has an output.</param>
/// <param name="Carried">The output of a light step, where it is small; all others are checkpoints.</param>
/// <param name="Refusal">Why the worker that the step came to must not run it, so that nothing was done; null where it may.</param>
public sealed record StepOutcome(JobError? Error, Checkpoint? Carried = null, string? Refusal = null);

/// <param name="JobId">The job.</param>
/// <param name="Attempt">The attempt that ended it.</param>
/// <param name="StartedAt">When the orchestration began.</param>
/// <param name="Error">Why it failed; null where the steps succeeded.</param>
/// <param name="Carried">The outputs of light steps.</param>
/// <param name="Unlogged">Changes of state that the event log lacks; null for a job that has no log.</param>
/// <param name="AttemptsUsedUp">Whether the job becomes a dead letter.</param>
/// <param name="IndexSegment">The segment of the job index that lists the job.</param>
public sealed record ResultRequest(
    string JobId,
    int Attempt,
    DateTimeOffset StartedAt,
    JobError? Error,
    IReadOnlyDictionary<string, Checkpoint>? Carried = null,
    StateChanges? Unlogged = null,
    bool AttemptsUsedUp = false,
    string? IndexSegment = null);

/// <param name="Error">Why the job failed after all; null for a job that completed.</param>
public sealed record ResultOutcome(JobError? Error);

/// <param name="Mismatch">What stands in the way on the worker that comes nearest; null where a worker is known that may run the job.</param>
public sealed record WorkerCheck(string? Mismatch);
