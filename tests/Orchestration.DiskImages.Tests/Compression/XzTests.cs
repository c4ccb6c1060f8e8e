using Orchestration.DiskImages.Compression;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Compression;

/// <summary>What xz compresses is decompressed again.</summary>
public sealed class XzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = [.. Enumerable.Range(0, 300_000).Select(index => (byte)(index % 251 ^ index / 7000))];

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("xz")]
    [InlineData("--format=xz --check=crc64")]
    [InlineData("--format=xz --x86 --lzma2=preset=6")]
    [InlineData("--format=lzma")]
    public void What_xz_compresses_is_read_back(string options)
    {
        using var stream = new XzStream(new MemoryStream(Compress(options)), "test");
        using var read = new MemoryStream();
        stream.CopyTo(read);

        Assert.Equal(_content, read.ToArray());
    }

    [RequiresToolFact("xz")]
    public void Files_one_after_the_other_are_read_as_one()
    {
        var compressed = Compress("--format=xz");
        using var stream = new XzStream(new MemoryStream([.. compressed, .. compressed]), "test");
        using var read = new MemoryStream();
        stream.CopyTo(read);

        Assert.Equal([.. _content, .. _content], read.ToArray());
    }

    [RequiresToolFact("xz")]
    public void A_file_that_is_cut_short_or_damaged_is_refused()
    {
        var compressed = Compress("--format=xz");
        var damaged = compressed.ToArray();
        damaged[damaged.Length / 2] ^= 1;

        foreach (var bytes in (byte[][])[compressed[..^20], damaged, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], []])
        {
            using var stream = new XzStream(new MemoryStream(bytes), "test");
            Assert.Equal(DiskImageError.Corrupt, Assert.Throws<DiskImageException>(() => stream.CopyTo(Stream.Null)).Error);
        }
    }

    [RequiresToolFact("xz")]
    public void A_dictionary_over_the_limit_is_refused()
    {
        using var stream = new XzStream(new MemoryStream(Compress("--format=xz --lzma2=dict=192MiB")), "test");

        Assert.Equal(DiskImageError.LimitExceeded, Assert.Throws<DiskImageException>(() => stream.CopyTo(Stream.Null)).Error);
    }

    private byte[] Compress(string options)
    {
        File.WriteAllBytes(_folder["content"], _content);
        Tool.Run("sh", "-c", $"xz --keep --stdout {options} \"$1\" > \"$1.compressed\"", "sh", _folder["content"]);
        return File.ReadAllBytes(_folder["content.compressed"]);
    }
}
