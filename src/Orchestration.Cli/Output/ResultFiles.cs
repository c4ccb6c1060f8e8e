using System.Text.Json;
using Orchestration.Cli.Service;
using Orchestration.Protocol;
using Orchestration.Protocol.Results;

namespace Orchestration.Cli.Output;

/// <summary>Saves a job's result and artifacts on this machine.</summary>
internal static class ResultFiles
{
    /// <returns>The files written, the result first.</returns>
    public static async Task<IReadOnlyList<string>> SaveAsync(
        ServiceClient client, JobResult result, DirectoryInfo output, CancellationToken cancellationToken)
    {
        var folder = output.CreateSubdirectory(result.JobId).FullName;
        var files = new List<string> { Path.Combine(folder, "result.json") };
        await File.WriteAllBytesAsync(files[0], JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Indented), cancellationToken);
        foreach (var artifact in result.Outputs?.Artifacts ?? [])
        {
            // Only the last segment is taken, so that a hostile service cannot write anywhere else.
            var name = Path.GetFileName(artifact);
            var file = Path.Combine(folder, name);
            await File.WriteAllBytesAsync(file, await client.GetArtifactAsync(result.JobId, name, cancellationToken), cancellationToken);
            files.Add(file);
        }

        return files;
    }
}
