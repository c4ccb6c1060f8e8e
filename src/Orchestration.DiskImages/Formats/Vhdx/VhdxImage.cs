using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Formats.Vhdx.Log;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhdx;

/// <summary>Opens VHDX images.</summary>
internal static class VhdxImage
{
    public static StoredDisk Open(IByteSource source, BackingChain backings)
    {
        var header = VhdxHeader.Read(source);
        if (LogReplay.Run(source, header) is { } replayed)
        {
            backings.Warn("vhdx: the image was not closed cleanly; its log was replayed in memory");
            source = replayed;
        }

        var regions = VhdxRegions.Read(source);
        var metadata = VhdxMetadata.Read(source, regions.Metadata);
        var map = new VhdxBlockMap(source, metadata, regions.BlockTable, backings.Memory.Tables);
        var parent = metadata.Parent is null
            ? null
            : backings.OpenParent(new ParentReference(metadata.Parent.Name, ImageFormatDetector.Vhdx, metadata.Parent.Identities));
        return new StoredDisk(new MappedDisk(VhdxFormat.Layer, source, metadata.VirtualSize, map) { Parent = parent }, header.DataWriteIdentifier.ToString());
    }
}
