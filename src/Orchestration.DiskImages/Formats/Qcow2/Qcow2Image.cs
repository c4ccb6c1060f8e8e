using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Qcow2;

/// <summary>Opens qcow2 images.</summary>
internal static class Qcow2Image
{
    public static StoredDisk Open(IByteSource source, BackingChain backings)
    {
        var header = Qcow2Header.Read(source);
        foreach (var warning in header.Warnings)
        {
            backings.Warn(warning);
        }

        var map = new ClusterMap(source, header);
        var parent = header.BackingFile is null ? null : backings.OpenParent(new ParentReference(header.BackingFile, header.BackingFormat, []));
        return new StoredDisk(
            new MappedDisk(Qcow2Header.Layer, source, header.VirtualSize, map) { Parent = parent, Compressed = new CompressedClusters(source, header, map) },
            null);
    }
}
