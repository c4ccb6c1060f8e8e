namespace Orchestration.Inspection.Files;

/// <summary>A guest file from its beginning to its end, for decoders that want a stream. Not safe for concurrent use.</summary>
internal sealed class GuestContentStream(GuestContent content) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => content.Length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="InspectionException">The file is damaged here.</exception>
    public override int Read(Span<byte> buffer)
    {
        var part = buffer[..(int)Math.Clamp(content.Length - Position, 0, buffer.Length)];
        content.Read(Position, part);
        Position += part.Length;
        return part.Length;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
