using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhd;

/// <summary>Opens VHD images.</summary>
internal static class VhdImage
{
    public static StoredDisk Open(IByteSource source, BackingChain backings)
    {
        var footer = VhdFooter.Read(source, backings.Warn);
        return new StoredDisk(footer.Type == VhdType.Fixed ? OpenFixed(source, footer) : OpenBlocks(source, footer, backings), footer.Identifier.ToString());
    }

    private static IByteSource OpenFixed(IByteSource source, VhdFooter footer) => footer.VirtualSize <= footer.Offset
        ? source.Slice(0, footer.VirtualSize)
        : throw VhdFooter.Corrupt(footer.Offset + 48, $"a fixed disk of {footer.VirtualSize} bytes has only {footer.Offset} before its footer: it is truncated");

    private static MappedDisk OpenBlocks(IByteSource source, VhdFooter footer, BackingChain backings)
    {
        var header = VhdHeader.Read(source, footer);
        var parent = footer.Type == VhdType.Differencing
            ? backings.OpenParent(new ParentReference(VhdParentLocators.FindName(source, header), ImageFormatDetector.Vhd, [header.ParentIdentifier.ToString()]))
            : null;
        return new MappedDisk(VhdFooter.Layer, source, footer.VirtualSize, new VhdBlockMap(source, header, backings.Memory.Tables)) { Parent = parent };
    }
}
