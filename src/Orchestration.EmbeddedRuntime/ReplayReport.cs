namespace Orchestration.EmbeddedRuntime;

/// <summary>What came of running a history against the code of today.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Name">Its orchestrator.</param>
/// <param name="Events">The events of the history.</param>
/// <param name="Divergence">Where the code first did something else; null: it repeats the history to its end.</param>
public sealed record ReplayReport(string InstanceId, string Name, int Events, ReplayDivergence? Divergence);

/// <summary>The first place at which code and history differ.</summary>
/// <param name="EventIndex">The event of the history, counted from 0 over all turns; the number of events when the code goes on after the end.</param>
/// <param name="Recorded">What the history has there.</param>
/// <param name="Replayed">What the code did.</param>
/// <param name="Message">Both in a sentence.</param>
public sealed record ReplayDivergence(int EventIndex, string Recorded, string Replayed, string Message);
