using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;

namespace Orchestration.Inspection.Files.Layers;

/// <summary>A file that holds a file system, as a loop device shows it. Safe for concurrent use.</summary>
internal sealed class FileContentSource(IFileSystem fileSystem, FileNode file) : IByteSource
{
    public long Length => file.Size;

    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length || fileSystem.Read(file, offset, buffer) != buffer.Length)
        {
            throw new DiskImageException(DiskImageError.Corrupt, "file", offset, $"expected {buffer.Length} bytes, found the end of the file at {Length}");
        }
    }

    // Which bytes of the disk they are only the file system knows, and it fetches them when they are read.
    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
    }
}
