namespace Orchestration.Inspection.Boot.InitialRamdisks;

/// <summary>Reads a stream forward, and no further than a limit: a few kilobytes can decompress to terabytes.</summary>
internal sealed class BoundedReader(Stream stream, long limit)
{
    private const int MaximumZeros = 1 << 20;

    private readonly byte[] _skipped = new byte[64 << 10];
    private long _read;
    private int _peeked = -1;

    /// <exception cref="EndOfStreamException">The stream ends before the buffer is full.</exception>
    /// <exception cref="InvalidDataException">The limit is reached.</exception>
    public void Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        Count(buffer.Length);
        if (_peeked >= 0)
        {
            buffer[0] = (byte)_peeked;
            buffer = buffer[1..];
            _peeked = -1;
        }

        stream.ReadExactly(buffer);
    }

    public void Skip(long count)
    {
        for (; count > 0; count -= Math.Min(count, _skipped.Length))
        {
            Read(_skipped.AsSpan(0, (int)Math.Min(count, _skipped.Length)));
        }
    }

    /// <summary>Passes over the zeros between archives. Returns whether anything follows.</summary>
    /// <exception cref="InvalidDataException">There are more of them than any alignment needs.</exception>
    public bool SkipZeros()
    {
        for (var zeros = 0; _peeked <= 0; zeros++)
        {
            if ((_peeked = stream.ReadByte()) < 0)
            {
                return false;
            }

            if (zeros > MaximumZeros)
            {
                throw new InvalidDataException($"expected at most {MaximumZeros} zeros between archives, found more");
            }
        }

        return true;
    }

    private void Count(int bytes)
    {
        if ((_read += bytes) > limit)
        {
            throw new InvalidDataException($"expected at most {limit} bytes, found more");
        }
    }
}
