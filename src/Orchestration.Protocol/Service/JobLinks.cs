namespace Orchestration.Protocol.Service;

/// <summary>Where a job and what came of it are found, relative to the service.</summary>
/// <param name="Self">The job.</param>
/// <param name="Result">Its result document.</param>
/// <param name="Artifacts">Its artifacts by name, once there are some.</param>
public sealed record JobLinks(string Self, string Result, IReadOnlyDictionary<string, string>? Artifacts = null)
{
    public static JobLinks For(string jobId, IReadOnlyList<string>? artifacts = null) => new(
        PathTo(jobId),
        ResultOf(jobId),
        artifacts?
            .Select(artifact => artifact[(artifact.LastIndexOf('/') + 1)..])
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, name => $"{PathTo(jobId)}/artifacts/{name}", StringComparer.Ordinal));

    public static string PathTo(string jobId) => $"/jobs/{jobId}";

    public static string ResultOf(string jobId) => $"/jobs/{jobId}/result";
}
