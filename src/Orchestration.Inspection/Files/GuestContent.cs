using Orchestration.DiskImages;

namespace Orchestration.Inspection.Files;

/// <summary>The content of one regular file, for formats that are read here and there. Safe for concurrent use.</summary>
public sealed class GuestContent
{
    private readonly Place _place;

    internal GuestContent(string path, Place place)
    {
        Path = path;
        _place = place;
    }

    public string Path { get; }

    /// <summary>Size in bytes.</summary>
    public long Length => _place.Node.Size;

    /// <summary>Fills the buffer with the bytes at <paramref name="offset"/>.</summary>
    /// <exception cref="InspectionException"><see cref="InspectionError.FileUnreadable"/>: the range leaves the file, or is damaged.</exception>
    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length)
        {
            throw Damage(offset, $"expected {buffer.Length} bytes, found the end of the file at {Length}");
        }

        int read;
        try
        {
            read = _place.Mount.FileSystem.Read(_place.Node, offset, buffer);
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            throw new InspectionException(InspectionError.FileUnreadable, Path, exception.Message, exception);
        }

        if (read != buffer.Length)
        {
            throw Damage(offset, $"expected {buffer.Length} bytes, found {read}");
        }
    }

    /// <summary>Reads into a new array. The caller has bounded the count.</summary>
    /// <exception cref="InspectionException">As <see cref="Read"/>; nothing is allocated for a range that leaves the file.</exception>
    public byte[] ReadBytes(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            throw Damage(offset, $"expected {count} bytes, found the end of the file at {Length}");
        }

        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>What a reader of a format throws for a broken rule of it.</summary>
    internal InspectionException Damage(long offset, string reason) => new(InspectionError.FileUnreadable, Path, $"at byte {offset}: {reason}");
}
