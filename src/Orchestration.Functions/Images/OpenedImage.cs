using Orchestration.DiskImages;
using Orchestration.Functions.Operations;

namespace Orchestration.Functions.Images;

/// <summary>An image at work, and what reading it costs.</summary>
public sealed class OpenedImage(DiskImage image, SourceLease source, BackingFiles backingFiles) : IDisposable
{
    public DiskImage Image => image;

    /// <summary>The version that all reads are pinned to.</summary>
    public string Version => source.Version;

    /// <summary>Size of the stored image.</summary>
    public long SizeBytes => source.Length;

    /// <summary>What reading the image and its backing files has cost that is on no step's bill yet; it is on the caller's now.</summary>
    public ImageCost TakeCost()
    {
        var costs = backingFiles.Opened.Append(source).Select(opened => opened.TakeCost()).ToList();
        return new ImageCost(costs.Sum(cost => cost.BytesRead), costs.Sum(cost => cost.Requests), costs.Sum(cost => cost.Waves), source.Length);
    }

    public void Dispose()
    {
        image.Dispose();
        backingFiles.Dispose();
        source.Dispose();
    }
}
