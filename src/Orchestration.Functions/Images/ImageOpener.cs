using Orchestration.DiskImages;
using Orchestration.Functions.Observability;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Protocol;

namespace Orchestration.Functions.Images;

/// <summary>Opens the images that jobs name, where they lie.</summary>
public sealed class ImageOpener(ImageLocator locator, SharedSources sources, JobMeters meters)
{
    /// <summary>Opens an image. Backing files are found in the container of the image only.</summary>
    /// <param name="reference">What the document says of it.</param>
    /// <param name="expectedVersion">The ETag that earlier steps saw; null for the first.</param>
    /// <param name="cancellationToken">Ends the opening, and every later read.</param>
    /// <exception cref="JobException">The image is not there, or not the one that the document describes.</exception>
    /// <exception cref="DiskImageException">The image cannot be read.</exception>
    public async Task<OpenedImage> OpenAsync(ImageReference reference, string? expectedVersion, CancellationToken cancellationToken)
    {
        var location = locator.Locate(reference.Path);
#pragma warning disable CA2000 // The opened image owns the three; where there is none, they are disposed below.
        var source = await sources.OpenAsync(locator.GetBlob(location), cancellationToken);
        var backingFiles = new BackingFiles(sources, locator, location, cancellationToken);
        try
        {
            if (expectedVersion is not null && source.Version != expectedVersion)
            {
                throw new JobException(ErrorCodes.ImageChanged, $"The image {location} was changed during the job.");
            }

            if (reference.SizeBytes is { } size && size != source.Length)
            {
                throw new JobException(ErrorCodes.ImageChecksumMismatch, $"Expected an image of {size} bytes, found {source.Length} bytes.");
            }

            return new OpenedImage(DiskImage.Open(source, reference.Format, backingFiles, locator.FindKeys(reference.Keys)), source, backingFiles);
#pragma warning restore CA2000
        }
        catch
        {
            backingFiles.Dispose();
            source.Dispose();
            throw;
        }
    }

    /// <summary>Reads the whole stored image once and compares its SHA-256 with the one that the document gives.</summary>
    /// <exception cref="JobException"><see cref="ErrorCodes.ImageChecksumMismatch"/>, or the image is not there.</exception>
    public async Task<ImageCost> VerifyChecksumAsync(ImageReference reference, string checksum, CancellationToken cancellationToken)
    {
        try
        {
            var cost = await ImageChecksum.VerifyAsync(locator.GetBlob(locator.Locate(reference.Path)), checksum, cancellationToken);
            meters.ChecksumVerified(succeeded: true);
            return cost;
        }
        catch (JobException exception) when (exception.Code == ErrorCodes.ImageChecksumMismatch)
        {
            meters.ChecksumVerified(succeeded: false);
            throw;
        }
    }
}
