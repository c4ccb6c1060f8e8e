using System.Runtime.InteropServices;

namespace Orchestration.DiskImages.Compression;

/// <summary>Zstandard by the system's libzstd, which every Linux distribution has; there is no managed implementation at hand.</summary>
internal static partial class Zstandard
{
    private const string Library = "libzstd.so.1";

    /// <summary>
    /// Decompresses the frame at the start of <paramref name="compressed"/>; bytes after it are ignored. Returns the number of bytes written.
    /// </summary>
    /// <exception cref="DiskImageException">
    /// <see cref="DiskImageError.Corrupt"/> for a damaged frame or one that does not fit; <see cref="DiskImageError.Unsupported"/> without the library.
    /// </exception>
    public static int Decompress(ReadOnlySpan<byte> compressed, Span<byte> destination, string layer, long offset)
    {
        try
        {
            var frame = FindFrameCompressedSize(compressed, (nuint)compressed.Length);
            var written = IsError(frame) != 0 ? frame : Decompress(destination, (nuint)destination.Length, compressed, frame);
            return IsError(written) == 0
                ? (int)written
                : throw new DiskImageException(DiskImageError.Corrupt, layer, offset, $"a zstd frame is damaged: {Marshal.PtrToStringUTF8(GetErrorName(written))}");
        }
        catch (DllNotFoundException exception)
        {
            throw new DiskImageException(DiskImageError.Unsupported, layer, offset, $"zstd compression needs {Library}, which is not installed", exception);
        }
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_findFrameCompressedSize")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint FindFrameCompressedSize(ReadOnlySpan<byte> source, nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompress")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint Decompress(Span<byte> destination, nuint capacity, ReadOnlySpan<byte> source, nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint GetErrorName(nuint code);
}
