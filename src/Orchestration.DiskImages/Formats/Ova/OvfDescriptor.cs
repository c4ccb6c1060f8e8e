using System.Xml;
using System.Xml.Linq;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Ova;

/// <summary>The XML that says which members of an appliance are its disks.</summary>
internal static class OvfDescriptor
{
    private const int MaximumLength = 4 * 1024 * 1024;

    /// <summary>Names of the members that are disks, in the order of the descriptor.</summary>
    public static IReadOnlyList<string> FindDisks(IByteSource source, IReadOnlyDictionary<string, ByteRange> members)
    {
        var descriptor = members.Where(member => member.Key.EndsWith(".ovf", StringComparison.OrdinalIgnoreCase)).Select(member => member.Value).FirstOrDefault();
        if (descriptor.Length is 0 or > MaximumLength)
        {
            throw OvaImage.Corrupt($"expected a descriptor of 1 to {MaximumLength} bytes, found {(descriptor.Length == 0 ? "none" : $"{descriptor.Length} bytes")}");
        }

        var root = Parse(source.ReadBytes(descriptor.Offset, (int)descriptor.Length));
        var files = root.Descendants().Where(element => element.Name.LocalName == "File" && Attribute(element, "id") is not null)
            .DistinctBy(element => Attribute(element, "id"))
            .ToDictionary(element => Attribute(element, "id") ?? "", StringComparer.Ordinal);
        var disks = root.Descendants().Where(element => element.Name.LocalName == "Disk").Select(element => Attribute(element, "fileRef")).OfType<string>();
        return [.. disks.Distinct(StringComparer.Ordinal).Select(reference => NameOf(reference, files))];
    }

    private static string NameOf(string reference, Dictionary<string, XElement> files)
    {
        if (!files.TryGetValue(reference, out var file) || Attribute(file, "href") is not { Length: > 0 } name)
        {
            throw OvaImage.Corrupt($"a disk refers to a file '{reference}', which the descriptor does not name");
        }

        var (compression, chunk) = (Attribute(file, "compression"), Attribute(file, "chunkSize"));
        return compression is null or "" or "identity" && chunk is null
            ? name
            : throw new DiskImageException(DiskImageError.Unsupported, OvaImage.Layer, null, $"the disk '{name}' is {(chunk is null ? $"compressed as a whole ({compression})" : "split into chunks")}");
    }

    private static XElement Parse(byte[] bytes)
    {
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaximumLength });
            return XElement.Load(reader);
        }
        catch (XmlException exception)
        {
            throw OvaImage.Corrupt($"the descriptor is not XML: {exception.Message}", exception);
        }
    }

    private static string? Attribute(XElement element, string name) => element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name)?.Value;
}
