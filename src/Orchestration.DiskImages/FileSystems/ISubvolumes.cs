namespace Orchestration.DiskImages.FileSystems;

/// <summary>A file system that holds several trees of files, of which <see cref="IFileSystem.Root"/> shows the one mounted by default. Safe for concurrent use.</summary>
public interface ISubvolumes
{
    /// <summary>The numbers of all subvolumes and snapshots, by their paths from the top level, each with a slash before every name.</summary>
    /// <exception cref="DiskImageException">A structure is damaged.</exception>
    IReadOnlyDictionary<string, ulong> SubvolumeIds { get; }

    /// <summary>The same file system with another subvolume as its root; <c>/</c> is the top level.</summary>
    /// <param name="path">As in <see cref="SubvolumeIds"/>; slashes at both ends may be missing.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.NotFound"/> where there is none of that path.</exception>
    IFileSystem OpenSubvolume(string path);
}
