using Orchestration.DiskImages.Formats;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes;
using Orchestration.DiskImages.Volumes.Encryption;

namespace Orchestration.DiskImages;

/// <summary>An opened disk image: the bytes of the virtual disk, whatever format stores them.</summary>
public sealed class DiskImage : IDisposable
{
    private readonly BackingChain? _backings;
    private readonly Lazy<VolumeStack> _volumes;

    private DiskImage(string format, StoredDisk disk, BackingChain? backings, IDiskKeys? keys)
    {
        Format = format;
        Content = disk.Content;
        Disks = [disk.Content, .. disk.OtherDisks];
        Snapshots = disk.Snapshots;
        _backings = backings;
        _volumes = new Lazy<VolumeStack>(() => VolumeStack.Open(Disks, keys), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Detected format: <c>raw</c>, <c>qcow2</c>, <c>vdi</c>, <c>vhd</c>, <c>vhdx</c>, <c>vmdk</c> or <c>ova</c>.</summary>
    public string Format { get; }

    /// <summary>The virtual disk; its length is the virtual size.</summary>
    public IByteSource Content { get; }

    /// <summary>All disks that the image holds: several only where it is an appliance (<c>ova</c>), of which <see cref="Content"/> is the first.</summary>
    public IReadOnlyList<IByteSource> Disks { get; }

    /// <summary>Earlier states of the disk that the image keeps inside; <see cref="Open"/> opens one by name.</summary>
    public IReadOnlyList<ImageSnapshot> Snapshots { get; }

    /// <summary>The volumes on the disk, put together when first asked for.</summary>
    /// <exception cref="DiskImageException">As <see cref="VolumeStack.Open"/>.</exception>
    public VolumeStack Volumes => _volumes.Value;

    /// <summary>What was wrong with the image or its backing files but did not prevent opening it.</summary>
    public IReadOnlyList<string> Warnings => _backings?.Warnings ?? [];

    /// <summary>
    /// Opens the image that <paramref name="source"/> holds. The format is detected from the content. The caller keeps
    /// <paramref name="source"/>, and disposes it after the image; backing files belong to the image.
    /// </summary>
    /// <param name="source">The stored image.</param>
    /// <param name="declaredFormat">
    /// What the caller says it is (<c>raw</c> or <c>img</c>, <c>qcow2</c>, …); a contradiction is <see cref="DiskImageError.FormatMismatch"/>.
    /// Null: no claim.
    /// </param>
    /// <param name="backingFiles">Opens backing files, parents and extents by the name that the image stores; null refuses images that have one.</param>
    /// <param name="keys">Opens encrypted images and volumes; null leaves them closed.</param>
    /// <param name="snapshot">Id or name of the internal snapshot to open in place of the present state.</param>
    public static DiskImage Open(
        IByteSource source, string? declaredFormat = null, IBackingFileResolver? backingFiles = null, IDiskKeys? keys = null, string? snapshot = null)
    {
        var format = ImageFormatDetector.Resolve(source, declaredFormat);
        if (format == ImageFormatDetector.Raw && snapshot is null)
        {
            return new DiskImage(format, new StoredDisk(source, null), null, keys);
        }

        var backings = new BackingChain(backingFiles, keys);
        try
        {
            return new DiskImage(format, backings.OpenImage(source, format, snapshot), backings, keys);
        }
        catch
        {
            backings.Dispose();
            throw;
        }
    }

    public void Dispose() => _backings?.Dispose();
}

/// <summary>
/// Opens the files that an image refers to. The name comes from the image and is hostile. It is as stored there, but
/// for a vdi image, which knows its parent by UUID only: <c>{uuid}.vdi</c>, as VirtualBox names them; and for paths of Windows: relative
/// ones have slashes, of absolute ones only the file name is left.
/// </summary>
public interface IBackingFileResolver
{
    /// <summary>Opens the named file. The image disposes the source when it is <see cref="IDisposable"/>.</summary>
    /// <param name="name">The name of the file.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.NotFound"/> where it does not exist or is not allowed.</exception>
    IByteSource Open(string name);
}
