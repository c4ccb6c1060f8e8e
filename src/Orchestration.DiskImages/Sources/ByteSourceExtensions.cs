namespace Orchestration.DiskImages.Sources;

/// <summary>What every reader of structures does with a source.</summary>
public static class ByteSourceExtensions
{
    /// <summary>Reads <paramref name="count"/> bytes into a new array. The caller has bounded the count.</summary>
    /// <exception cref="DiskImageException">As <see cref="IByteSource.Read"/>.</exception>
    public static byte[] ReadBytes(this IByteSource source, long offset, int count)
    {
        RequireInside(source, offset, count);
        var bytes = new byte[count];
        source.Read(offset, bytes);
        return bytes;
    }

    /// <summary>The bytes of a partition, volume or other contiguous part of the source.</summary>
    public static IByteSource Slice(this IByteSource source, long offset, long length) => new SliceByteSource(source, offset, length);

    /// <summary>Says that one range will be read soon; see <see cref="IByteSource.Prefetch"/>.</summary>
    public static void Prefetch(this IByteSource source, long offset, long length) => source.Prefetch([new ByteRange(offset, length)]);

    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/> where the range leaves the source.</exception>
    internal static void RequireInside(this IByteSource source, long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > source.Length - count)
        {
            throw new DiskImageException(
                DiskImageError.Corrupt,
                "source",
                offset,
                $"{count} bytes are needed here, but the {source.GetType().Name} below has only {source.Length} bytes");
        }
    }

    /// <summary>The part of the range that lies inside a source of that length; empty where none does.</summary>
    internal static ByteRange ClampTo(this ByteRange range, long length)
    {
        var start = Math.Clamp(range.Offset, 0, length);
        var end = range.Length <= 0 || range.Offset > length ? start : Math.Clamp(range.Offset + Math.Min(range.Length, length), start, length);
        return new ByteRange(start, end - start);
    }
}
