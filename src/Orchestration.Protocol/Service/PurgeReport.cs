namespace Orchestration.Protocol.Service;

/// <summary>What a request to remove jobs did.</summary>
/// <param name="DryRun">Whether nothing was removed: the rest tells what would have been.</param>
/// <param name="Purged">How many jobs were removed. Those at work, and those that still tell their receivers, were left.</param>
/// <param name="Jobs">Their ids, newest first.</param>
/// <param name="Next">What to ask the next page with; null on the last one.</param>
public sealed record PurgeReport(bool DryRun, int Purged, IReadOnlyList<string> Jobs, string? Next);
