using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Functions.Operations;

namespace Orchestration.Functions.Images;

/// <summary>An image at work, and what reading it has cost so far.</summary>
public sealed class OpenedImage(DiskImage image, BlobByteSource source, BackingFiles backingFiles) : IDisposable
{
    public DiskImage Image => image;

    /// <summary>The version that all reads are pinned to.</summary>
    public string Version => source.Version.ToString();

    /// <summary>Of the image and the backing files that it opened, together.</summary>
    public ImageCost Cost
    {
        get
        {
            IEnumerable<BlobByteSource> sources = [source, .. backingFiles.Opened];
            var statistics = sources.Select(opened => opened.Statistics).ToList();
            return new ImageCost(
                statistics.Sum(each => each.BytesRead),
                statistics.Sum(each => each.Requests),
                statistics.Sum(each => each.Waves),
                source.Length);
        }
    }

    public void Dispose()
    {
        image.Dispose();
        backingFiles.Dispose();
        source.Dispose();
    }
}
