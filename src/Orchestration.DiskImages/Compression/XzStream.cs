using System.Runtime.InteropServices;

namespace Orchestration.DiskImages.Compression;

/// <summary>
/// Decompresses xz files, one after the other, and those of the older lzma format, by the system's liblzma, which every Debian has. Checks are
/// verified; a dictionary of more than 128 MiB is refused. Not safe for concurrent use.
/// </summary>
public sealed partial class XzStream : ForwardStream
{
    private const string Library = "liblzma.so.5";
    private const ulong MostMemory = 128 << 20;
    private const uint Concatenated = 0x8;
    private const int BufferLength = 64 << 10;

    private readonly Stream _compressed;
    private readonly string _layer;

    // The library keeps pointers into them between calls.
    private readonly byte[] _input = GC.AllocateArray<byte>(BufferLength, pinned: true);
    private readonly byte[] _output = GC.AllocateArray<byte>(BufferLength, pinned: true);
    private readonly Decoder _decoder;
    private bool _isAtEndOfInput;
    private bool _isFinished;
    private int _outputPosition;
    private int _outputLength;

    /// <param name="compressed">Where the first file begins; disposed with this one.</param>
    /// <param name="layer">What an exception names.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Unsupported"/> without the library.</exception>
    public XzStream(Stream compressed, string layer)
    {
        _compressed = compressed;
        _layer = layer;
        try
        {
            _decoder = new Decoder();
        }
        catch (DllNotFoundException exception)
        {
            throw Missing(layer, null, exception);
        }
    }

    /// <exception cref="DiskImageException">
    /// <see cref="DiskImageError.Corrupt"/>: the data is damaged or cut short; <see cref="DiskImageError.LimitExceeded"/>: it needs too much memory.
    /// </exception>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_decoder.IsClosed, this);
        while (_outputPosition == _outputLength && !_isFinished && !buffer.IsEmpty)
        {
            Advance();
        }

        var count = Math.Min(buffer.Length, _outputLength - _outputPosition);
        _output.AsSpan(_outputPosition, count).CopyTo(buffer);
        _outputPosition += count;
        return count;
    }

    /// <summary>Decompresses the xz file in <paramref name="source"/>; bytes after it are ignored. Returns the number of bytes written.</summary>
    /// <exception cref="DiskImageException">
    /// <see cref="DiskImageError.Corrupt"/> for damage or a file that does not fit; <see cref="DiskImageError.Unsupported"/> without the library.
    /// </exception>
    internal static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination, string layer, long offset)
    {
        try
        {
            var memory = MostMemory;
            nuint read = 0, written = 0;
            var status = DecodeBuffer(ref memory, 0, 0, source, ref read, (nuint)source.Length, destination, ref written, (nuint)destination.Length);
            return status == Status.Ok ? (int)written : throw Damage(status, layer, offset);
        }
        catch (DllNotFoundException exception)
        {
            throw Missing(layer, offset, exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Advance()
    {
        if (_decoder.State.InputLength == 0 && !_isAtEndOfInput)
        {
            var length = _compressed.Read(_input);
            _isAtEndOfInput = length == 0;
            _decoder.State.Input = Marshal.UnsafeAddrOfPinnedArrayElement(_input, 0);
            _decoder.State.InputLength = (nuint)length;
        }

        _decoder.State.Output = Marshal.UnsafeAddrOfPinnedArrayElement(_output, 0);
        _decoder.State.OutputLength = BufferLength;
        var status = Decode(ref _decoder.State, _isAtEndOfInput ? Finish : Run);
        _outputPosition = 0;
        _outputLength = BufferLength - (int)_decoder.State.OutputLength;
        _isFinished = status == Status.StreamEnd;
        if (status is not (Status.Ok or Status.StreamEnd))
        {
            throw Damage(status, _layer, null);
        }
    }

    private static DiskImageException Damage(Status status, string layer, long? offset) => status == Status.MemoryLimit
        ? new DiskImageException(DiskImageError.LimitExceeded, layer, offset, $"xz data needs more than {MostMemory} bytes of memory")
        : new DiskImageException(DiskImageError.Corrupt, layer, offset, $"xz data is damaged: {status}");

    private static DiskImageException Missing(string layer, long? offset, Exception exception) =>
        new(DiskImageError.Unsupported, layer, offset, $"xz compression needs {Library}, which is not installed", exception);
}
