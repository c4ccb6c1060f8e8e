using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Orchestration.Cli.Service;

/// <summary>Brings a local image to where the service reads images.</summary>
internal static class ImageUploader
{
    private const string Container = "images";
    private const string ModifiedMetadata = "source_modified";

    /// <summary>The path that a file gets for job documents; what those do not take in a name becomes an underscore.</summary>
    public static string PathOf(FileInfo file) => $"{Container}/{NameOf(file)}";

    /// <summary>Uploads a file, unless the very same file (by size and time) was uploaded before.</summary>
    /// <param name="connectionString">The storage account.</param>
    /// <param name="file">The local image.</param>
    /// <param name="progress">Receives the bytes sent so far.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    public static async Task UploadAsync(
        string connectionString, FileInfo file, IProgress<long> progress, CancellationToken cancellationToken)
    {
        try
        {
            var container = new BlobContainerClient(connectionString, Container);
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            var blob = container.GetBlobClient(NameOf(file));
            var modified = file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture);
            if (!await IsThereAsync(blob, file.Length, modified, cancellationToken))
            {
                await blob.UploadAsync(
                    file.FullName,
                    new BlobUploadOptions
                    {
                        Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [ModifiedMetadata] = modified },
                        ProgressHandler = progress,
                    },
                    cancellationToken);
            }
        }
        catch (Exception exception) when (exception is RequestFailedException or AggregateException)
        {
            var reason = exception.InnerException?.Message ?? exception.Message;
            throw new CommandException(
                ExitCode.Unreachable, $"The image could not be uploaded: {reason}. It goes to the storage that --storage or ORCHESTRATE_STORAGE names; './run --serve' starts one.", exception);
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.Refused, "Expected a connection string of Azure Storage for --storage or ORCHESTRATE_STORAGE.", exception);
        }
    }

    private static string NameOf(FileInfo file) =>
        string.Concat(file.Name.Select(letter => letter is '\\' or '?' or '#' || char.IsControl(letter) ? '_' : letter));

    private static async Task<bool> IsThereAsync(BlobClient blob, long length, string modified, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return properties.Value.ContentLength == length
                && properties.Value.Metadata.TryGetValue(ModifiedMetadata, out var uploaded)
                && uploaded == modified;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return false;
        }
    }
}
