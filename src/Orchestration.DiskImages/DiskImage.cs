using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages;

/// <summary>An opened disk image: the bytes of the virtual disk, whatever format stores them.</summary>
public sealed class DiskImage : IDisposable
{
    private DiskImage(string format, IByteSource content)
    {
        Format = format;
        Content = content;
    }

    /// <summary>Detected format: <c>raw</c> or <c>qcow2</c>.</summary>
    public string Format { get; }

    /// <summary>The virtual disk; its length is the virtual size.</summary>
    public IByteSource Content { get; }

    /// <summary>Opens the image that <paramref name="source"/> holds. The format is detected from the content.</summary>
    /// <param name="source">The stored image.</param>
    /// <param name="declaredFormat">What the caller says it is; a contradiction is <see cref="DiskImageError.FormatMismatch"/>. Null: no claim.</param>
    /// <param name="backingFiles">Opens backing files by the name that the image stores; null refuses images that have one.</param>
    public static DiskImage Open(IByteSource source, string? declaredFormat = null, IBackingFileResolver? backingFiles = null) =>
        throw new NotImplementedException();

    public void Dispose()
    {
    }
}

/// <summary>Opens the files that an image refers to. The name comes from the image and is hostile.</summary>
public interface IBackingFileResolver
{
    /// <param name="name">The name as stored in the image.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.NotFound"/> where it does not exist or is not allowed.</exception>
    IByteSource Open(string name);
}
