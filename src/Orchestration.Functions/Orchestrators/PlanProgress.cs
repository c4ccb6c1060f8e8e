using Orchestration.Functions.Operations;

namespace Orchestration.Functions.Orchestrators;

/// <summary>How far an attempt is in its plan.</summary>
public sealed class PlanProgress(JobPlan plan)
{
    /// <summary>Percent of a job that has passed validation.</summary>
    public const int Validated = 5;

    /// <summary>Percent of a job whose steps have ended.</summary>
    public const int StepsDone = 90;

    public int Total { get; } = plan.Stages.Sum(stage => stage.Steps.Count);

    public int Ended { get; private set; }

    public bool Done => Ended == Total;

    /// <summary>Of the whole job.</summary>
    public int Percent => Validated + ((StepsDone - Validated) * Ended / Total);

    public void StepEnded() => Ended++;
}
