using System.Globalization;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Volumes.Encryption;

namespace Orchestration.DiskImages.Tests.Formats;

/// <summary>A disk to be stored in some format, and the check that an image holds just that.</summary>
internal static class SampleDisk
{
    /// <summary>Noise, text that compresses, zeros and holes, ending within a block of any format.</summary>
    public static byte[] Write(string path)
    {
        var disk = new byte[9 * 1024 * 1024 + 1536];
        var random = new Random(1);
        random.NextBytes(disk.AsSpan(0, 1_000_000));
        disk.AsSpan(2_000_000, 1_500_000).Fill((byte)'t');
        random.NextBytes(disk.AsSpan(5_000_000, 3_000));
        random.NextBytes(disk.AsSpan(5_100_000, 100));
        random.NextBytes(disk.AsSpan(disk.Length - 700));
        File.WriteAllBytes(path, disk);
        return disk;
    }

    /// <summary>Reads the image as a whole and at many places, after a hint for each. Other files lie beside it.</summary>
    public static void AssertReadsAs(byte[] disk, string path, string format, IDiskKeys? keys = null, string? snapshot = null)
    {
        using var source = new FileByteSource(path);
        using var image = DiskImage.Open(source, format, new NeighbourFiles(Path.GetDirectoryName(path) ?? "."), keys, snapshot);

        Assert.Equal(format, image.Format);
        Assert.Equal(disk.Length, image.Content.Length);
        Assert.Empty(image.Warnings);
        Assert.True(disk.AsSpan().SequenceEqual(image.Content.ReadBytes(0, disk.Length)), "the image as a whole");
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var offset = random.Next(disk.Length);
            var length = random.Next(Math.Min(200_000, disk.Length - offset));
            image.Content.Prefetch(offset, length);
            Assert.True(
                disk.AsSpan(offset, length).SequenceEqual(image.Content.ReadBytes(offset, length)),
                string.Create(CultureInfo.InvariantCulture, $"{length} bytes at {offset}"));
        }
    }
}
