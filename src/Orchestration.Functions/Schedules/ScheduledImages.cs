using System.IO.Enumeration;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.Functions.Images;
using Orchestration.Protocol;
using Orchestration.Protocol.Schedules;

namespace Orchestration.Functions.Schedules;

/// <summary>Finds the images that a run is about.</summary>
public sealed class ScheduledImages(ImageLocator locator)
{
    /// <summary>The images in the order of their names, <c>container/name</c>; a single null for a schedule that is about none.</summary>
    /// <exception cref="JobException">The place may not be read, or does not exist.</exception>
    public async Task<FoundImages> FindAsync(ScheduleImages? images, CancellationToken cancellationToken)
    {
        if (images?.Prefix is not { } prefix)
        {
            return new FoundImages([images?.Path], LeftOut: false);
        }

        // A prefix may end anywhere in a name, so one letter makes it a place.
        var place = locator.Locate($"{prefix}x");
        var container = locator.GetBlob(place).GetParentBlobContainerClient();
        var found = new List<string?>();
        try
        {
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, place.Name[..^1], cancellationToken))
            {
                if (blob.Properties.ContentLength is 0 || !Matches(blob.Name, images.Name))
                {
                    continue;
                }

                if (found.Count == images.Limit)
                {
                    return new FoundImages(found, LeftOut: true);
                }

                found.Add($"{place.Container}/{blob.Name}");
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            throw new JobException(ErrorCodes.ImageNotFound, $"Expected a container '{place.Container}', found none.", exception);
        }

        return new FoundImages(found, LeftOut: false);
    }

    private static bool Matches(string name, string? pattern) =>
        pattern is null || FileSystemName.MatchesSimpleExpression(pattern, name.AsSpan(name.LastIndexOf('/') + 1), ignoreCase: false);
}

/// <param name="Images">What to submit a job for.</param>
/// <param name="LeftOut">Whether there are more than the schedule's limit.</param>
public sealed record FoundImages(IReadOnlyList<string?> Images, bool LeftOut);
