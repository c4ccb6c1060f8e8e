namespace Orchestration.DiskImages.Sources;

/// <summary>A source as a stream, for readers that want one. Not thread-safe, as streams are not.</summary>
internal sealed class ByteSourceStream(IByteSource source) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Clamp(source.Length - Position, 0, buffer.Length);
        if (count > 0)
        {
            source.Read(Position, buffer[..count]);
            Position += count;
        }

        return count;
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        var position = offset + (origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => Position, _ => source.Length });
        return Position = position >= 0 ? position : throw new IOException("The position lies before the start.");
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
