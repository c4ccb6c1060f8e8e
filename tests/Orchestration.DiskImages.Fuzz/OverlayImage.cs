using System.Globalization;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Fuzz;

/// <summary>
/// An NTFS volume with a file as CompactOS stores it. No tool of Debian writes such files: ntfs-3g writes the stream and the reparse point here, of chunks that wimlib compressed.
/// </summary>
public static class OverlayImage
{
    /// <summary>The programs that making one takes.</summary>
    public static readonly string[] Tools = ["mkntfs", "mount.ntfs-3g", "setfattr", "wimlib-imagex"];

    /// <summary>Makes a volume in an empty image.</summary>
    /// <param name="image">A file of the size of the volume.</param>
    /// <param name="algorithm">As the reparse point numbers it: XPRESS 4K, LZX, XPRESS 8K, XPRESS 16K.</param>
    /// <param name="stream">What the stream beside the content of <c>file</c> holds: <see cref="WimCompressor.CompressFile"/>.</param>
    /// <param name="length">Bytes of the file.</param>
    public static void Create(string image, int algorithm, byte[] stream, long length)
    {
        Tool.Run("mkntfs", "-q", "-F", "-f", image);
        LoopMount.While(image, "streams_interface=windows", root =>
        {
            var path = Path.Combine(root, "file");
            File.Create(path).Dispose();
            File.WriteAllBytes(path + ":WofCompressedData", stream);
            using (var file = File.OpenWrite(path))
            {
                file.SetLength(length);
            }

            var reparsePoint = string.Create(CultureInfo.InvariantCulture, $"0x1700008010000000010000000200000001000000{algorithm:x2}000000");
            Tool.Run("setfattr", "-h", "-n", "system.ntfs_reparse_data", "-v", reparsePoint, path);
        });
    }
}
