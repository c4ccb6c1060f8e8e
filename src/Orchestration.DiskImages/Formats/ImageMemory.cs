using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.Formats;

/// <summary>Bounds of what all files of one image keep in memory together, its extents and backing files.</summary>
internal sealed class ImageMemory
{
    /// <summary>Of tables and bitmaps that say where blocks lie: 32 MiB.</summary>
    public CacheMemory Tables { get; } = new(32 * 1024 * 1024);

    /// <summary>Of decompressed blocks: 16 MiB. Apart from the tables, which every read needs again.</summary>
    public CacheMemory Blocks { get; } = new(16 * 1024 * 1024);
}
