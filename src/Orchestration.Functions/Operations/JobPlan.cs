namespace Orchestration.Functions.Operations;

/// <summary>What a job does: stages one after another, the steps of a stage side by side.</summary>
public sealed record JobPlan(IReadOnlyList<JobStage> Stages);

public sealed record JobStage(IReadOnlyList<JobStep> Steps);

/// <param name="Id">Unique within the plan; letters, digits and hyphens: it becomes the name of the checkpoint.</param>
/// <param name="Phase">The protocol's name for this kind of work.</param>
public sealed record JobStep(string Id, string Phase);
