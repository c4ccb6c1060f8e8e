using System.Collections.Concurrent;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>Storage clients by the name of the setting that holds the connection. Safe for concurrent use.</summary>
internal sealed class BlobConnections(IConfiguration configuration)
{
    public const string Default = "AzureWebJobsStorage";

    private readonly ConcurrentDictionary<string, BlobServiceClient> _clients = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="name">
    /// A setting that is a connection string, or a section with <c>blobServiceUri</c> or <c>accountName</c> and, for a managed
    /// identity, <c>clientId</c>. As in Functions, <c>AzureWebJobs</c> before the name is tried first.
    /// </param>
    /// <exception cref="FunctionHostException">There is no such setting, or it is no connection.</exception>
    public BlobServiceClient Get(string name) => _clients.GetOrAdd(name, Create);

    // Few tries of its own: the triggers try again, and an outage is to be noticed within seconds.
    private static BlobClientOptions Options() => new() { Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(400) } };

    private BlobServiceClient Create(string name)
    {
        var sections = new[] { $"AzureWebJobs{name}", name, $"ConnectionStrings:{name}" }.Select(configuration.GetSection);
        var section = sections.FirstOrDefault(section => section.Exists()) ?? throw new FunctionHostException(
            "connection.missing",
            name,
            "Expected a storage connection string, or name__blobServiceUri or name__accountName; the setting is not there.");
        try
        {
            if (section.Value is { Length: > 0 } connectionString)
            {
                return new(connectionString, Options());
            }

            var address = section["blobServiceUri"] ?? section["serviceUri"] ?? (section["accountName"] is { Length: > 0 } account
                ? $"https://{account}.blob.core.windows.net"
                : throw new FormatException("Neither blobServiceUri nor accountName is set."));
            return new(new Uri(address), new DefaultAzureCredential(new DefaultAzureCredentialOptions
            {
                ManagedIdentityClientId = section["clientId"],
            }), Options());
        }
        catch (FormatException exception)
        {
            throw new FunctionHostException("connection.invalid", name, "The setting is no storage connection.", exception);
        }
    }
}
