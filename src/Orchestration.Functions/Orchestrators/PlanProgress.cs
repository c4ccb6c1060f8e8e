using Orchestration.Functions.Operations;

namespace Orchestration.Functions.Orchestrators;

/// <summary>How far an attempt is in its plan.</summary>
public sealed class PlanProgress(JobPlan plan)
{
    public int Total { get; } = plan.Stages.Sum(stage => stage.Steps.Count);

    public int Ended { get; private set; }

    public bool Done => Ended == Total;

    public void StepEnded() => Ended++;
}
