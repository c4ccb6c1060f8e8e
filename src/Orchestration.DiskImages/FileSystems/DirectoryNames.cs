using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems;

/// <summary>What is kept of directories, so that names are found in them again.</summary>
internal static class DirectoryNames
{
    /// <summary>Names kept of all directories of a file system; one can have millions.</summary>
    public const int Most = 256 * 1024;

    // An empty directory takes memory too.
    private const int WeightOfDirectory = 64;

    public static BoundedCache<TKey, Dictionary<string, DirectoryEntry>> CreateCache<TKey>()
        where TKey : notnull => new(Most, names => names.Count + WeightOfDirectory);
}
