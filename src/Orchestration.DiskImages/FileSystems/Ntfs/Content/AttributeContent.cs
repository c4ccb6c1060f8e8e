using Orchestration.DiskImages.Compression.Windows;
using Orchestration.DiskImages.FileSystems.Ntfs.Records;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Ntfs.Content;

/// <summary>Reads the bytes of attributes. Thread-safe.</summary>
internal sealed class AttributeContent(NtfsVolume volume)
{
    private const int CachedUnits = 64;
    private const int MaximumUnit = 1 << 20;

    private readonly BoundedCache<(long At, long Unit), byte[]> _units = new(CachedUnits);

    /// <summary>The whole value, at most <paramref name="maximum"/> bytes of it.</summary>
    public byte[] ReadAll(NtfsAttribute attribute, int maximum)
    {
        if (attribute.Size > maximum)
        {
            throw NtfsVolume.LimitExceeded(attribute.At, $"an attribute ({attribute.Type}) has {attribute.Size} bytes; at most {maximum} are read");
        }

        var value = new byte[attribute.Size];
        Read(attribute, 0, value);
        return value;
    }

    /// <summary>Fills the buffer; the caller has clipped the range to the size of the attribute.</summary>
    public void Read(NtfsAttribute attribute, long offset, Span<byte> buffer)
    {
        if (attribute.Flags.HasFlag(AttributeFlags.Encrypted))
        {
            throw NtfsVolume.Unsupported(attribute.At, "the content is encrypted (EFS) and cannot be read without the key");
        }

        if (attribute.Value is { } value)
        {
            value.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
            return;
        }

        var written = (int)Math.Clamp(attribute.InitializedSize - offset, 0, buffer.Length);
        buffer[written..].Clear();
        buffer = buffer[..written];
        if (attribute.CompressionUnit == 0)
        {
            var extents = Map(attribute, ExtentContent.SpanOf(offset, offset + buffer.Length, volume.ClusterSize));
            ExtentContent.Read(volume.Source, volume.ClusterSize, extents, offset, buffer);
            return;
        }

        var unitLength = (long)attribute.CompressionUnit * volume.ClusterSize;
        while (!buffer.IsEmpty)
        {
            var unit = ReadUnit(attribute, offset / unitLength);
            var start = (int)(offset % unitLength);
            var length = Math.Min(buffer.Length, unit.Length - start);
            unit.AsSpan(start, length).CopyTo(buffer);
            offset += length;
            buffer = buffer[length..];
        }
    }

    /// <summary>Where the first <paramref name="maximumBytes"/> of the attribute lie.</summary>
    public IEnumerable<ByteRange> Locate(NtfsAttribute attribute, long maximumBytes)
    {
        var end = Math.Min(attribute.Size, maximumBytes);
        return Map(attribute, ExtentContent.SpanOf(0, end, volume.ClusterSize)).Select(extent => extent.ToRange(volume.ClusterSize, 0, end));
    }

    private static List<FileExtent> Map(NtfsAttribute attribute, BlockSpan wanted)
    {
        var extents = new List<FileExtent>();
        foreach (var extent in attribute.Extents)
        {
            wanted.AddOverlap(extents, extent);
        }

        return extents;
    }

    private byte[] ReadUnit(NtfsAttribute attribute, long number) => _units.GetOrAdd((attribute.At, number), _ => Decompress(attribute, number));

    // A unit that takes all its clusters is stored as it is; one that takes none is zeros; any other is compressed.
    private byte[] Decompress(NtfsAttribute attribute, long number)
    {
        var length = (long)attribute.CompressionUnit * volume.ClusterSize;
        if (length > MaximumUnit)
        {
            throw NtfsVolume.Unsupported(attribute.At, $"compression units of {length} bytes cannot be read");
        }

        var first = number * attribute.CompressionUnit;
        var extents = Map(attribute, new BlockSpan(first, first + attribute.CompressionUnit));
        var stored = extents.Sum(extent => extent.Count);
        var bytes = new byte[stored == 0 ? length : stored * volume.ClusterSize];
        ExtentContent.Read(volume.Source, volume.ClusterSize, extents, first * volume.ClusterSize, bytes);
        if (stored is 0 || stored == attribute.CompressionUnit)
        {
            return bytes;
        }

        var content = new byte[length];
        Lznt1.Decompress(bytes, content, NtfsVolume.Layer, attribute.At);
        return content;
    }
}
