using System.Text.Json;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Protocol;

namespace Orchestration.Functions.Images;

/// <summary>Opens the files that an image refers to, in the container of the image and nowhere else.</summary>
public sealed class BackingFiles(SharedSources sources, ImageLocator locator, ImageLocation image, CancellationToken cancellationToken)
    : IBackingFileResolver, IDisposable
{
    /// <summary>The detail of an error that names the file that an image needs and that is not there.</summary>
    public const string MissingFile = "missing_file";

    private readonly List<SourceLease> _opened = [];

    /// <summary>The files opened so far.</summary>
    public IReadOnlyList<SourceLease> Opened => _opened;

    public IByteSource Open(string name)
    {
        ImageLocation location;
        try
        {
            location = ImageLocator.LocateBackingFile(image, name);
        }
        catch (JobException exception)
        {
            throw new DiskImageException(DiskImageError.NotFound, "backing file", null, exception.Message, exception);
        }

        try
        {
            // The reader is synchronous by design and opens a handful of files at most.
#pragma warning disable CA2000 // Disposed with the others, when the image is.
            var source = sources.OpenAsync(locator.GetBlob(location), cancellationToken).GetAwaiter().GetResult();
#pragma warning restore CA2000
            _opened.Add(source);
            return source;
        }
        catch (DiskImageException exception) when (exception.Error == DiskImageError.NotFound)
        {
            throw new JobException(ErrorCodes.ImageNotFound, $"The image {image} needs {location}, which does not exist.", exception)
            {
                Details = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { [MissingFile] = JsonSerializer.SerializeToElement(location.ToString()) },
            };
        }
    }

    public void Dispose() => _opened.ForEach(source => source.Dispose());
}
