using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems;

/// <summary>Recognises what a volume holds from its content alone.</summary>
public static class FileSystemDetector
{
    /// <summary>The signature found, also for types that cannot be opened yet; null where nothing is recognised.</summary>
    public static FileSystemIdentity? Detect(IByteSource volume) => throw new NotImplementedException();

    /// <summary>Opens the file system on the volume.</summary>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Unsupported"/> where the type cannot be read; otherwise damage.</exception>
    public static IFileSystem Open(IByteSource volume) => throw new NotImplementedException();
}
