namespace Orchestration.Functions.Operations;

/// <summary>What a job does: stages one after another, the steps of a stage side by side.</summary>
public sealed record JobPlan(IReadOnlyList<JobStage> Stages)
{
    /// <summary>Whether every step is light.</summary>
    public bool IsLight() => Stages.All(stage => stage.Steps.All(step => step.Light));
}

public sealed record JobStage(IReadOnlyList<JobStep> Steps);

/// <param name="Id">Unique within the plan; letters, digits and hyphens: it becomes the name of the checkpoint.</param>
/// <param name="Phase">The protocol's name for this kind of work.</param>
/// <param name="Light">
/// Whether the step takes next to no time and memory, so that running it twice costs less than looking whether it has run: a small output
/// travels in the orchestration's history, and the step logs no progress.
/// </param>
public sealed record JobStep(string Id, string Phase, bool Light = false);
