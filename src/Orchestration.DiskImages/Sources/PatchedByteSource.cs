namespace Orchestration.DiskImages.Sources;

/// <summary>A source with bytes written over it in memory. Thread-safe once everything is written.</summary>
/// <param name="source">The bytes below, never changed.</param>
/// <param name="layer">Who writes, for errors.</param>
/// <param name="maximumBytes">Most memory that the writes may take.</param>
internal sealed class PatchedByteSource(IByteSource source, string layer, long maximumBytes) : IByteSource
{
    private const int Sector = 512;

    private readonly Dictionary<long, byte[]> _sectors = [];

    public long Length => source.Length;

    public bool IsEmpty => _sectors.Count == 0;

    /// <exception cref="DiskImageException">The range leaves the source, or too much has been written.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        this.RequireInside(offset, bytes.Length);
        while (!bytes.IsEmpty)
        {
            var within = (int)(offset % Sector);
            var length = Math.Min(bytes.Length, Sector - within);
            bytes[..length].CopyTo(GetForWriting(offset / Sector, length == Sector).AsSpan(within));
            offset += length;
            bytes = bytes[length..];
        }
    }

    /// <summary>Whether anything was written to the range.</summary>
    public bool IsPatched(long offset, int length)
    {
        for (var sector = offset / Sector; sector * Sector < offset + length; sector++)
        {
            if (_sectors.ContainsKey(sector))
            {
                return true;
            }
        }

        return false;
    }

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        while (!buffer.IsEmpty)
        {
            var length = RunLength(offset, buffer.Length, out var sector);
            if (sector is not null)
            {
                sector.AsSpan((int)(offset % Sector), length).CopyTo(buffer);
            }
            else
            {
                source.Read(offset, buffer[..length]);
            }

            offset += length;
            buffer = buffer[length..];
        }
    }

    public void Prefetch(IReadOnlyList<ByteRange> ranges) => source.Prefetch(ranges);

    private int RunLength(long offset, int limit, out byte[]? sector)
    {
        var length = Math.Min(limit, Sector - (int)(offset % Sector));
        if (!_sectors.TryGetValue(offset / Sector, out sector))
        {
            while (length < limit && !_sectors.ContainsKey((offset + length) / Sector))
            {
                length = Math.Min(limit, length + Sector);
            }
        }

        return length;
    }

    private byte[] GetForWriting(long number, bool isWhole)
    {
        if (_sectors.TryGetValue(number, out var sector))
        {
            return sector;
        }

        if ((_sectors.Count + 1L) * Sector > maximumBytes)
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, layer, number * Sector, $"replaying takes more than {maximumBytes} bytes of memory");
        }

        sector = new byte[Sector];
        if (!isWhole)
        {
            source.Read(number * Sector, sector.AsSpan(0, (int)Math.Min(Sector, source.Length - number * Sector)));
        }

        return _sectors[number] = sector;
    }
}
