using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Orchestration.DiskImages.Compression.Windows;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Fuzz;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ntfs;

/// <summary>Files of CompactOS.</summary>
public sealed class OverlayTests : IDisposable
{
    private static readonly byte[] Content = CreateContent();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresLoopMountTheory("mkntfs", "mount.ntfs-3g", "setfattr", "wimlib-imagex")]
    [InlineData(0, WimCompressor.Xpress, 4096)]
    [InlineData(1, WimCompressor.Lzx, 32768)]
    [InlineData(2, WimCompressor.Xpress, 8192)]
    [InlineData(3, WimCompressor.Xpress, 16384)]
    public void Compressed_system_files_are_read(int algorithm, int type, int chunkSize)
    {
        var fileSystem = FileSystemDetector.Open(Create(algorithm, WimCompressor.CompressFile(Content, type, chunkSize)));
        var file = FileTree.Find(fileSystem, "file");

        Assert.Equal((FileKind.Regular, (long)Content.Length), (file.Kind, file.Size));
        Assert.Equal(Content, FileTree.ReadAll(fileSystem, file));
        var part = new byte[5000];
        Assert.Equal(part.Length, fileSystem.Read(file, 40_001, part));
        Assert.Equal(Content[40_001..45_001], part);
    }

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g", "setfattr", "wimlib-imagex")]
    public void Chunks_that_lie_outside_their_stream_are_refused()
    {
        var stream = WimCompressor.CompressFile(Content, WimCompressor.Xpress, 4096);
        BinaryPrimitives.WriteInt32LittleEndian(stream.AsSpan(4), int.MaxValue);
        var fileSystem = FileSystemDetector.Open(Create(0, stream));

        var exception = Assert.Throws<DiskImageException>(() => FileTree.ReadAll(fileSystem, FileTree.Find(fileSystem, "file")));

        Assert.Contains("chunk 1 of file", exception.Rule, StringComparison.Ordinal);
    }

    [RequiresToolTheory("wimlib-imagex")]
    [InlineData(WimCompressor.Xpress, 8192)]
    [InlineData(WimCompressor.Lzx, 32768)]
    public void Damaged_chunks_are_refused_or_read(int type, int chunkSize)
    {
        using var compressor = new WimCompressor(type, chunkSize);
        var compressed = compressor.Compress(Content[..chunkSize]);
        var random = new Random(5);
        var output = new byte[chunkSize];
        for (var round = 0; round < 2000; round++)
        {
            var damaged = compressed.ToArray();
            damaged[random.Next(random.Next(2) == 0 ? 300 : damaged.Length)] ^= (byte)(1 << random.Next(8));
            damaged = random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
            try
            {
                if (type == WimCompressor.Lzx)
                {
                    Lzx.Decompress(damaged, output, "test", 0);
                }
                else
                {
                    XpressHuffman.Decompress(damaged, output, "test", 0);
                }
            }
            catch (DiskImageException exception)
            {
                Assert.Equal(DiskImageError.Corrupt, exception.Error);
            }
        }
    }

    private MemoryByteSource Create(int algorithm, byte[] stream)
    {
        OverlayImage.Create(_folder.CreateSparse("image", 32 * 1024 * 1024), algorithm, stream, Content.Length);
        return new MemoryByteSource(File.ReadAllBytes(_folder["image"]));
    }

    // Text, calls of x86 code, noise that stays as it is, and zeros; the last chunk is short.
    private static byte[] CreateContent()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 4000).Select(line => string.Create(CultureInfo.InvariantCulture, $"line {line} of a text, {line * line}\n"))));
        var code = new byte[60_000];
        var random = new Random(8);
        for (var at = 0; at + 10 < code.Length; at += 7)
        {
            code[at] = 0xe8;
            BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(at + 1), random.Next(-at, 50_000));
            code[at + 5] = (byte)random.Next(4);
        }

        return [.. text, .. code, .. SlowFetcher.CreatePattern(70_000), .. new byte[100_000], .. text[..1234]];
    }
}
