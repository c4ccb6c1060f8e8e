using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vdi;

/// <summary>Opens VirtualBox disk images.</summary>
internal static class VdiImage
{
    public static StoredDisk Open(IByteSource source, BackingChain backings)
    {
        var header = VdiHeader.Read(source);
        var parent = header.IsDifferencing ? backings.OpenParent(FindParent(header)) : null;
        var disk = new MappedDisk(VdiHeader.Layer, source, header.VirtualSize, new VdiBlockMap(source, header, backings.Memory.Tables)) { Parent = parent };
        return new StoredDisk(disk, Identify(header.Identifier, header.Modification));
    }

    // The image records no file name. VirtualBox keeps the names in its registry, and itself calls differencing images by their UUID.
    private static ParentReference FindParent(VdiHeader header) => new(
        $"{header.ParentIdentifier:B}.vdi", ImageFormatDetector.Vdi, [Identify(header.ParentIdentifier, header.ParentModification)]);

    private static string Identify(Guid identifier, Guid modification) => $"{identifier} as of modification {modification}";
}
