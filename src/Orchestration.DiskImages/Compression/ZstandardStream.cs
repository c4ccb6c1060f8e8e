using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestration.DiskImages.Compression;

/// <summary>
/// Decompresses Zstandard frames, one after the other, by the system's libzstd. Frames that need a window of more than 128 MiB, which the
/// library refuses by itself, are damage here too. Not safe for concurrent use.
/// </summary>
public sealed partial class ZstandardStream : ForwardStream
{
    private const string Library = "libzstd.so.1";

    private readonly Stream _compressed;
    private readonly string _layer;
    private readonly byte[] _input = new byte[128 << 10];
    private readonly Context _context;
    private int _inputLength;
    private int _inputPosition;
    private bool _isInsideFrame;

    /// <param name="compressed">Where the frames begin; disposed with this one.</param>
    /// <param name="layer">What an exception names.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Unsupported"/> without the library.</exception>
    public ZstandardStream(Stream compressed, string layer)
    {
        _compressed = compressed;
        _layer = layer;
        try
        {
            _context = CreateContext();
        }
        catch (DllNotFoundException exception)
        {
            throw new DiskImageException(DiskImageError.Unsupported, layer, null, $"zstd compression needs {Library}, which is not installed", exception);
        }
    }

    /// <exception cref="DiskImageException"><see cref="DiskImageError.Corrupt"/>: a frame is damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context.IsClosed, this);
        while (!buffer.IsEmpty)
        {
            if (_inputPosition == _inputLength)
            {
                _inputLength = _compressed.Read(_input);
                _inputPosition = 0;
                if (_inputLength == 0)
                {
                    return _isInsideFrame ? throw Damage("it is cut short") : 0;
                }
            }

            nuint written = 0, read = 0;
            var result = Decompress(_context, buffer, (nuint)buffer.Length, ref written, _input.AsSpan(_inputPosition, _inputLength - _inputPosition), (nuint)(_inputLength - _inputPosition), ref read);
            if (IsError(result) != 0)
            {
                throw Damage(Marshal.PtrToStringUTF8(GetErrorName(result)));
            }

            _inputPosition += (int)read;
            _isInsideFrame = result != 0;
            if (written > 0)
            {
                return (int)written;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _context.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private DiskImageException Damage(string? reason) => new(DiskImageError.Corrupt, _layer, null, $"a zstd frame is damaged: {reason}");

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial Context CreateContext();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream_simpleArgs")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint Decompress(
        Context context, Span<byte> destination, nuint capacity, ref nuint written, ReadOnlySpan<byte> source, nuint length, ref nuint read);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint GetErrorName(nuint code);

    private sealed class Context : SafeHandleZeroOrMinusOneIsInvalid
    {
        public Context()
            : base(ownsHandle: true)
        {
        }

        protected override bool ReleaseHandle() => IsError(FreeContext(handle)) == 0;
    }
}
