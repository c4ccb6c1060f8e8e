using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol;
using Orchestration.Protocol.Results;

namespace Orchestration.Functions.Storage;

/// <summary>Result documents and their artifacts, by job.</summary>
public sealed class ResultStore(StorageAccounts accounts)
{
    private const string ResultName = "result.json";

    /// <summary>Writes the result. It comes last, so that whoever sees it finds every artifact that it names.</summary>
    public Task WriteResultAsync(JobResult result, CancellationToken cancellationToken) =>
        WriteAsync(
            result.JobId, ResultName, BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Indented)), "application/json", cancellationToken);

    /// <summary>Removes a result that is not the one of the job's present run, so that nobody takes it for that.</summary>
    public async Task RemoveResultAsync(string jobId, CancellationToken cancellationToken) =>
        await (await GetBlobAsync(jobId, ResultName, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>Removes a job's folder. An output that was sent elsewhere stays: another job may have replaced it by now.</summary>
    public async Task RemoveJobAsync(string jobId, CancellationToken cancellationToken) =>
        await (await accounts.GetContainerAsync(Containers.Results, cancellationToken)).RemoveAllAsync($"{jobId}/", cancellationToken);

    /// <summary>The result of a job; null where there is none yet.</summary>
    public async Task<JobResult?> ReadResultAsync(string jobId, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, ResultName, cancellationToken);
        return await blob.ReadJsonAsync<JobResult>(cancellationToken);
    }

    /// <summary>Opens an artifact that the job's result names; null where it names no such artifact.</summary>
    public async Task<BlobDownloadStreamingResult?> OpenArtifactAsync(string jobId, string name, CancellationToken cancellationToken)
    {
        var result = await ReadResultAsync(jobId, cancellationToken);
        var place = result?.Outputs?.Artifacts.FirstOrDefault(artifact => artifact[(artifact.LastIndexOf('/') + 1)..] == name);
        if (place is null)
        {
            return null;
        }

        var container = await accounts.GetContainerAsync(Containers.Results, cancellationToken);
        return await container.GetBlobClient(place[(Containers.Results.Length + 1)..]).DownloadStreamingAsync(cancellationToken: cancellationToken);
    }

    private async Task WriteAsync(string jobId, string name, BinaryData content, string mediaType, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(jobId, name, cancellationToken);
        await blob.UploadAsync(
            content,
            new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = mediaType } },
            cancellationToken);
    }

    private async Task<BlobClient> GetBlobAsync(string jobId, string name, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.Results, cancellationToken)).GetBlobClient($"{jobId}/{name}");
}
