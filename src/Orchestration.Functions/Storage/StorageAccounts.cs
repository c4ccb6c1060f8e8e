using System.Collections.Concurrent;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace Orchestration.Functions.Storage;

/// <summary>
/// The blob services of the app: <c>AzureWebJobsStorage</c> for its own containers, and <c>ImageStorage</c>, where that is set, for the
/// disk images. Each is a connection string, or <c>…__blobServiceUri</c> or <c>…__accountName</c> with the app's identity.
/// </summary>
public sealed class StorageAccounts
{
    private const string OwnConnection = "AzureWebJobsStorage";
    private const string ImageConnection = "ImageStorage";

    // Callers over HTTP are answered within seconds, and orchestrations try again by themselves.
    private const int MaximumRetries = 3;

    private readonly IConfiguration _configuration;
    private readonly Lazy<BlobServiceClient> _own;
    private readonly Lazy<BlobServiceClient> _images;
    private readonly ConcurrentDictionary<string, Task<BlobContainerClient>> _containers = new(StringComparer.Ordinal);

    public StorageAccounts(IConfiguration configuration)
    {
        _configuration = configuration;
        _own = new(() => Connect(OwnConnection));
        _images = new(() => _configuration.GetSection(ImageConnection) is { } section && (section.Value ?? section["blobServiceUri"] ?? section["accountName"]) is null
            ? _own.Value
            : Connect(ImageConnection));
    }

    /// <summary>Whether a failure means that the storage does not answer, rather than that it refuses.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 or >= 500 } => true,
        AggregateException { InnerExceptions: [.., { } last] } => IsOutage(last),
        _ => false,
    };

    /// <summary>Whether a failure is the storage's, whatever it means.</summary>
    public static bool IsFailure(Exception exception) => exception is RequestFailedException || IsOutage(exception);

    /// <summary>Where the app keeps jobs, results, checkpoints and state.</summary>
    public BlobServiceClient Own => _own.Value;

    /// <summary>Where the images lie.</summary>
    public BlobServiceClient Images => _images.Value;

    /// <summary>One of the app's own containers, which is created at its first use.</summary>
    public async Task<BlobContainerClient> GetContainerAsync(string name, CancellationToken cancellationToken)
    {
        var container = _containers.GetOrAdd(name, CreateAsync);
        if (container.IsFaulted)
        {
            // A storage outage at first use must not last for the life of the process.
            _containers.TryRemove(KeyValuePair.Create(name, container));
            container = _containers.GetOrAdd(name, CreateAsync);
        }

        return await container.WaitAsync(cancellationToken);
    }

    private async Task<BlobContainerClient> CreateAsync(string name)
    {
        var container = Own.GetBlobContainerClient(name);
        await container.CreateIfNotExistsAsync();
        return container;
    }

    private BlobServiceClient Connect(string name)
    {
        var section = _configuration.GetSection(name);
        if (section.Value is { Length: > 0 } connectionString)
        {
            return new BlobServiceClient(connectionString, Options());
        }

        var uri = section["blobServiceUri"] ?? (section["accountName"] is { } account ? $"https://{account}.blob.core.windows.net" : null);
        if (uri is null)
        {
            throw new InvalidOperationException(
                $"No storage account is configured: expected the setting {name} (a connection string), {name}__blobServiceUri or {name}__accountName.");
        }

        var credential = new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = section["clientId"] });
        return new BlobServiceClient(new Uri(uri), credential, Options());
    }

    private static BlobClientOptions Options() => new() { Retry = { MaxRetries = MaximumRetries } };
}
