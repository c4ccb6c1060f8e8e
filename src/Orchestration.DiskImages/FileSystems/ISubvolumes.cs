namespace Orchestration.DiskImages.FileSystems;

/// <summary>A file system that holds several trees of files, of which <see cref="IFileSystem.Root"/> shows the one mounted by default. Safe for concurrent use.</summary>
public interface ISubvolumes
{
    /// <summary>Paths of all subvolumes and snapshots from the top level, each with a slash before every name.</summary>
    /// <exception cref="DiskImageException">A structure is damaged.</exception>
    IReadOnlyCollection<string> SubvolumePaths { get; }

    /// <summary>The same file system with another subvolume as its root; <c>/</c> is the top level.</summary>
    /// <param name="path">As in <see cref="SubvolumePaths"/>; slashes at both ends may be missing.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.NotFound"/> where there is none of that path.</exception>
    IFileSystem OpenSubvolume(string path);
}
