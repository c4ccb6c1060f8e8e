using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Bench;

/// <summary>Lists and hashes all files of one tree in every file system, beside the same program over a mount of the same image.</summary>
internal static class TreeRead
{
    private const int Piece = 1024 * 1024;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, RecurseSubdirectories = true };

    // The command that makes it in the file $1 (empty, 1 GiB), and what mounts it read-only on $2; a tree for copying is mounted read-write.
    private static readonly (string Name, string Make, string Mount)[] FileSystems =
    [
        ("ext4", "mke2fs -q -t ext4 $1", "-o loop"),
        ("xfs", "mkfs.xfs -q $1", "-o loop"),
        ("btrfs", "mkfs.btrfs -q $1", "-o loop"),
        ("btrfs zstd", "mkfs.btrfs -q $1", "-o loop,compress-force=zstd"),
        ("vfat", "mkfs.vfat -F 32 $1", "-o loop"),
        ("ntfs", "mkfs.ntfs -q -F $1", "-t ntfs-3g -o loop"),
    ];

    /// <param name="tree">The folder to copy.</param>
    /// <param name="runs">How often each is read; the fastest counts. Each run mounts or opens anew, so that only the image itself is in memory.</param>
    public static void Run(string tree, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("orchestration-bench-");
        try
        {
            Console.WriteLine("file system    files       MiB    kernel s    ours s   ratio");
            foreach (var (name, make, mount) in FileSystems)
            {
                var image = Path.Combine(folder.FullName, "image");
                var mounted = folder.CreateSubdirectory("mounted").FullName;
                try
                {
                    Shell("truncate -s 0 $1 && truncate -s 1G $1 && " + make, image);
                    // FAT has no links, and drivers of NTFS differ in how they store them; what all can keep is enough here.
                    Shell($"mount {mount} $1 $2 && {{ cp -r --preserve=timestamps $3/. $2/ 2>/dev/null; find $2 -type l -delete; umount $2; }}", image, mounted, tree);
                }
                catch (InvalidOperationException exception)
                {
                    Console.WriteLine($"{name,-12} not compared: {exception.Message.Split('\n')[0].Split("exited with")[^1]}");
                    continue;
                }

                var theirs = new Digest();
                var kernel = Best.Of(runs, () => theirs = HashMounted(image, mounted, mount));
                var own = new Digest();
                var ours = Best.Of(runs, () => own = HashImage(image));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-12} {own.Files,7} {own.Bytes / 1048576,9} {kernel.Seconds,11:f3} {ours.Seconds,9:f3} {kernel.Seconds / ours.Seconds,7:f2}  {(own == theirs ? "" : $"DIFFERENT: {theirs.Files} files, {theirs.Bytes} bytes by the kernel")}"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Digest HashMounted(string image, string mounted, string mount)
    {
        Shell($"mount {mount},ro $1 $2", image, mounted);
        try
        {
            var digest = new Digest();
            var buffer = new byte[Piece];
            var files = new FileSystemEnumerable<FileInfo>(mounted, (ref FileSystemEntry entry) => (FileInfo)entry.ToFileSystemInfo(), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !IsLink(entry.Attributes),
                ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(entry.Attributes),
            };
            foreach (var file in files)
            {
                digest = digest.With(HashFile(file, buffer), file.Length);
            }

            return digest;
        }
        finally
        {
            Shell("umount $1", mounted);
        }
    }

    private static Digest HashImage(string image)
    {
        using var source = new FileByteSource(image);
        var fileSystem = FileSystemDetector.Open(source);
        var digest = new Digest();
        var buffer = new byte[Piece];
        var folders = new Stack<FileNode>([fileSystem.Root]);
        while (folders.TryPop(out var folder))
        {
            foreach (var node in fileSystem.ReadDirectory(folder).Select(entry => fileSystem.GetNode(entry.NodeId)))
            {
                if (node.Kind == FileKind.Directory)
                {
                    folders.Push(node);
                }
                else if (node.Kind == FileKind.Regular)
                {
                    digest = digest.With(Hash(node.Size, (offset, part) => fileSystem.Read(node, offset, part), buffer), node.Size);
                }
            }
        }

        return digest;
    }

    private static bool IsLink(FileAttributes attributes) => attributes.HasFlag(FileAttributes.ReparsePoint);

    private static byte[] HashFile(FileInfo file, byte[] buffer)
    {
        using var handle = File.OpenHandle(file.FullName);
        return Hash(file.Length, (offset, part) => RandomAccess.Read(handle, part, offset), buffer);
    }

    private delegate int Reader(long offset, Span<byte> part);

    private static byte[] Hash(long size, Reader read, byte[] buffer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var offset = 0L; offset < size;)
        {
            var count = read(offset, buffer.AsSpan(0, (int)Math.Min(Piece, size - offset)));
            hash.AppendData(buffer.AsSpan(0, count));
            offset += count;
        }

        return hash.GetHashAndReset();
    }

    private static void Shell(string script, params string[] arguments) => Tool.Run("sh", ["-c", script, "sh", .. arguments]);

    /// <summary>What was read, without regard to its order: two readers that agree here read the same bytes.</summary>
    private readonly record struct Digest(long Files, long Bytes, UInt128 Sum)
    {
        public Digest With(byte[] hash, long size) => new(Files + 1, Bytes + size, unchecked(Sum + BitConverter.ToUInt128(hash)));
    }
}
