using System.Buffers;
using System.Globalization;
using Orchestration.DiskImages.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Bench;

/// <summary>Reads every byte of one disk stored in every format, beside <c>qemu-img convert</c> to a target that keeps nothing.</summary>
internal static class SequentialRead
{
    private const int BufferSize = 8 * 1024 * 1024;

    // What qemu-img is asked to make, and the program's own name for it.
    private static readonly (string Name, string Arguments)[] Formats =
    [
        ("raw", "-O raw"),
        ("qcow2", "-O qcow2"),
        ("qcow2 zlib", "-c -O qcow2"),
        ("qcow2 zstd", "-c -O qcow2 -o compression_type=zstd"),
        ("qcow2 extended", "-O qcow2 -o extended_l2=on,cluster_size=128k"),
        ("vmdk sparse", "-O vmdk"),
        ("vmdk stream", "-O vmdk -o subformat=streamOptimized"),
        ("vdi", "-O vdi"),
        ("vhd", "-O vpc"),
        ("vhdx", "-O vhdx"),
    ];

    /// <param name="path">The disk, in any format.</param>
    /// <param name="runs">How often each is read; the fastest counts, as machines are noisy and both read from the system's memory.</param>
    public static void Run(string path, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("orchestration-bench-");
        try
        {
            Console.WriteLine("format             stored MiB  disk MiB   qemu-img s      ours s   ratio  processor s (qemu-img, ours)");
            foreach (var (name, arguments) in Formats)
            {
                var stored = Path.Combine(folder.FullName, name.Replace(' ', '-'));
                Tool.Run("qemu-img", ["convert", .. arguments.Split(' '), path, stored]);
                Compare(name, stored, arguments.Split(' ').SkipWhile(word => word != "-O").ElementAt(1), runs);
                File.Delete(stored);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compare(string name, string path, string format, int runs)
    {
        using var file = new FileByteSource(path);
        using var image = DiskImage.Open(file);
        var length = image.Content.Length;
        var qemu = Best.Of(runs, () => Tool.Run(
            "qemu-img", "convert", "-n", "-f", format, path, "--target-image-opts", $"driver=raw,file.driver=null-co,file.size={length}"));
        var ours = Best.Of(runs, () => ReadAll(path));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-18} {file.Length / 1048576,10} {length / 1048576,9} {qemu.Seconds,12:f3} {ours.Seconds,11:f3} {qemu.Seconds / ours.Seconds,7:f2}  {qemu.Processor,8:f3} {ours.Processor,8:f3}"));
    }

    private static void ReadAll(string path)
    {
        using var file = new FileByteSource(path);
        using var image = DiskImage.Open(file);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        for (var offset = 0L; offset < image.Content.Length; offset += BufferSize)
        {
            image.Content.Read(offset, buffer.AsSpan(0, (int)Math.Min(BufferSize, image.Content.Length - offset)));
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }
}
