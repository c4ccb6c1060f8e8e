using System.Runtime.InteropServices;

namespace Orchestration.TestSupport;

/// <summary>The compressors of wimlib, which compresses what Windows decompresses.</summary>
public sealed class WimCompressor : IDisposable
{
    public const int Xpress = 1;
    public const int Lzx = 2;

    private const string Library = "libwim.so.15";

    private readonly nint _compressor;

    /// <param name="type"><see cref="Xpress"/> or <see cref="Lzx"/>.</param>
    /// <param name="chunkSize">Bytes in a chunk.</param>
    public WimCompressor(int type, int chunkSize)
    {
        if (Create(type, (nuint)chunkSize, 0, out _compressor) is not 0 and var error)
        {
            throw new InvalidOperationException($"wimlib cannot compress chunks of {chunkSize} bytes: error {error}");
        }
    }

    /// <summary>The chunk compressed; as it is where that is not shorter.</summary>
    public byte[] Compress(byte[] chunk)
    {
        var compressed = new byte[chunk.Length];
        var length = (int)Compress(chunk, (nuint)chunk.Length, compressed, (nuint)(chunk.Length - 1), _compressor);
        return length == 0 ? chunk : compressed[..length];
    }

    /// <summary>A file as the Windows Overlay Filter stores it: where each chunk but the first begins, then the chunks.</summary>
    public static byte[] CompressFile(byte[] content, int type, int chunkSize)
    {
        using var compressor = new WimCompressor(type, chunkSize);
        var chunks = content.Chunk(chunkSize).Select(compressor.Compress).ToList();
        var start = 0;
        var table = chunks[..^1].SelectMany(chunk => BitConverter.GetBytes(start += chunk.Length));
        return [.. table, .. chunks.SelectMany(chunk => chunk)];
    }

    public void Dispose() => Free(_compressor);

    [DllImport(Library, EntryPoint = "wimlib_create_compressor")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Create(int type, nuint chunkSize, uint level, out nint compressor);

    [DllImport(Library, EntryPoint = "wimlib_compress")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nuint Compress(byte[] source, nuint length, byte[] destination, nuint capacity, nint compressor);

    [DllImport(Library, EntryPoint = "wimlib_free_compressor")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Free(nint compressor);
}
