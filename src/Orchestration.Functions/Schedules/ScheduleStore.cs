using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Protocol.Validation;
using Orchestration.Protocol.Yaml;

namespace Orchestration.Functions.Schedules;

/// <summary>
/// The documents of schedules, <c>schedules/{name}.yaml</c> in the container <c>state</c>, which people may as well write there themselves, and
/// what is known of each, <c>schedule-states/{name}.json</c>.
/// </summary>
public sealed class ScheduleStore(StorageAccounts accounts)
{
    /// <summary>Most schedules that are looked after.</summary>
    public const int MostSchedules = 1000;

    private const string Prefix = "schedules/";
    private const string Ending = ".yaml";

    /// <summary>The names of all, in their order.</summary>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = MostSchedules;
        var container = await accounts.GetContainerAsync(Containers.State, cancellationToken);
        await foreach (var blob in container.GetBlobsAsync(prefix: Prefix, cancellationToken: cancellationToken))
        {
            if (blob.Name.EndsWith(Ending, StringComparison.Ordinal) && left-- > 0)
            {
                yield return blob.Name[Prefix.Length..^Ending.Length];
            }
        }
    }

    /// <summary>The document as it stands; null where there is none.</summary>
    public async Task<StoredSchedule?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await GetBlobAsync(name, cancellationToken);
            var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
            byte[] content = [];
            if (properties.ContentLength > 0)
            {
                // One byte more than is allowed at most, so that the reader can refuse it for its size.
                var options = new BlobDownloadOptions
                {
                    Range = new HttpRange(0, JobDocumentReader.MaximumBytes + 1),
                    Conditions = new BlobRequestConditions { IfMatch = properties.ETag },
                };
                content = (await blob.DownloadContentAsync(options, cancellationToken)).Value.Content.ToArray();
            }

            return new StoredSchedule(content, properties.ETag.ToString(), properties.LastModified);
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            // Gone, or replaced meanwhile: it is looked at again within a minute.
            return null;
        }
    }

    /// <summary>Writes a document, in YAML.</summary>
    public async Task WriteAsync(string name, JsonElement document, CancellationToken cancellationToken)
    {
        var blob = await GetBlobAsync(name, cancellationToken);
        await blob.UploadAsync(
            BinaryData.FromBytes(YamlWriter.Write(document)),
            new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/yaml" } },
            cancellationToken);
    }

    /// <summary>Removes a schedule and what is known of it.</summary>
    /// <returns>False where there is none.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var removed = await (await GetBlobAsync(name, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        await (await GetStateBlobAsync(name, cancellationToken)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        return removed;
    }

    internal async Task<VersionedJson<ScheduleState>?> ReadStateAsync(string name, CancellationToken cancellationToken) =>
        await (await GetStateBlobAsync(name, cancellationToken)).ReadVersionedJsonAsync<ScheduleState>(cancellationToken);

    /// <summary>Writes what is known, unless somebody else has written since it was read.</summary>
    /// <returns>False where somebody has.</returns>
    internal async Task<bool> TryWriteStateAsync(
        string name, ScheduleState state, VersionedJson<ScheduleState>? read, CancellationToken cancellationToken)
    {
        var conditions = read is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = read.Version };
        return await (await GetStateBlobAsync(name, cancellationToken)).TryWriteJsonAsync(state, conditions, cancellationToken);
    }

    private async Task<BlobClient> GetBlobAsync(string name, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetBlobClient($"{Prefix}{name}{Ending}");

    private async Task<BlobClient> GetStateBlobAsync(string name, CancellationToken cancellationToken) =>
        (await accounts.GetContainerAsync(Containers.State, cancellationToken)).GetBlobClient($"schedule-states/{name}.json");
}

/// <param name="Content">The document, YAML.</param>
/// <param name="Version">Its version.</param>
/// <param name="WrittenAt">When it was written, by the storage's clock.</param>
public sealed record StoredSchedule(ReadOnlyMemory<byte> Content, string Version, DateTimeOffset WrittenAt);
