using Orchestration.Functions.Operations;
using Orchestration.Protocol;

namespace Orchestration.Functions.Activities;

// What the orchestrator and its activities tell each other. Small on purpose: everything here is kept in history.

/// <summary>What <see cref="ValidateJob"/> found: the plan, or why there is none.</summary>
public sealed record Validation(JobPlan? Plan, JobError? Error);

/// <param name="JobId">The job.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Step">The step's id in the plan.</param>
/// <param name="Phase">Its phase, for errors.</param>
/// <param name="EndsAt">When the job's time is up.</param>
public sealed record StepRequest(string JobId, int Attempt, string Step, string Phase, DateTimeOffset EndsAt);

/// <param name="Error">Null where the step has its checkpoint.</param>
public sealed record StepOutcome(JobError? Error);

/// <param name="JobId">The job.</param>
/// <param name="Attempt">The attempt that ended it.</param>
/// <param name="StartedAt">When the orchestration began.</param>
/// <param name="Error">Why it failed; null where the steps succeeded.</param>
public sealed record ResultRequest(string JobId, int Attempt, DateTimeOffset StartedAt, JobError? Error);

/// <param name="Error">Why the job failed after all; null for a job that completed.</param>
public sealed record ResultOutcome(JobError? Error);
