using System.Diagnostics;
using System.Globalization;
using System.Text;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Fuzz;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.FileSystems.Xfs;
using Orchestration.DiskImages.Tests.Formats;
using Orchestration.DiskImages.Tests.Formats.Vhd;
using Orchestration.DiskImages.Tests.Formats.Vhdx;
using Orchestration.DiskImages.Tests.Formats.Vmdk;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Tests.Support.Trees;
using Orchestration.DiskImages.Volumes;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests;

/// <summary>
/// Bytes are flipped all over small real images, mostly where structures are. Whatever comes of it, nothing but a
/// <see cref="DiskImageException"/> escapes, and opening and walking the image ends soon.
/// </summary>
public sealed class MutationTests : IDisposable
{
    // The content of files, which nothing parses, consists of this and is left alone.
    private const byte Content = 0x5a;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("MUTATION_ROUNDS") ?? "150", CultureInfo.InvariantCulture);

    private static readonly TimeSpan LongestWalk = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresToolTheory("mke2fs", "debugfs")]
    [InlineData("ext4", "-b 1024 -O ^metadata_csum,inline_data")]
    [InlineData("ext4", "-b 4096 -O ^metadata_csum,^has_journal,meta_bg,^resize_inode")]
    [InlineData("ext4", "-b 1024 -O metadata_csum")]
    [InlineData("ext2", "-b 1024")]
    public void Damaged_file_systems_are_refused_or_read(string type, string options)
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 60, filler: Content);
        var image = _folder.CreateSparse("image", 8 * 1024 * 1024);
        Tool.Run("mke2fs", ["-q", "-F", "-t", type, .. options.Split(' '), "-d", tree, image]);
        Mutate(File.ReadAllBytes(image), Rounds, ReadFileSystem);
    }

    [RequiresLoopMountTheory("mkfs.xfs", "xfs_io", "setfattr")]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_xfs_is_refused_or_read(bool isDirty)
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 60, filler: Content);
        var image = XfsImage.Create(_folder, "-b size=1024 -l size=6m");
        LoopMount.While(image, "", root =>
        {
            KernelWrites.Everything(root, tree, 3000);
            if (isDirty)
            {
                Tool.Run("xfs_io", "-x", "-c", "shutdown -f", root);
            }
        });
        Mutate(File.ReadAllBytes(image), Rounds / 3, ReadFileSystem, XfsChecksums.Repair);
    }

    [RequiresLoopMountTheory("mkfs.btrfs", "setfattr")]
    [InlineData("compress-force=zlib")]
    [InlineData("compress-force=lzo")]
    public void Damaged_btrfs_is_refused_or_read(string options)
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 60, filler: Content);
        Tool.Run("mkfs.btrfs", "-q", "-n", "4096", "-m", "single", "--mixed", _folder.CreateSparse("image", 32 * 1024 * 1024));
        LoopMount.While(_folder["image"], options, root => KernelWrites.Everything(root, tree, 3000));
        Mutate(File.ReadAllBytes(_folder["image"]), Rounds / 3, ReadFileSystem, BtrfsChecksumRepair.Repair);
    }

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g", "setfattr")]
    public void Damaged_ntfs_is_refused_or_read()
    {
        var tree = SampleTree.Create(_folder, largeDirectory: 60, filler: Content);
        Tool.Run("mkntfs", "-q", "-F", "-f", "-c", "1024", _folder.CreateSparse("image", 24 * 1024 * 1024));
        LoopMount.While(_folder["image"], "compression", root =>
        {
            Tool.Run("setfattr", "-n", "system.ntfs_attrib", "-v", "0x00080000", Directory.CreateDirectory(Path.Combine(root, "compressed")).FullName);
            Tool.Run("cp", "-r", tree, Path.Combine(root, "compressed"));
            KernelWrites.Fragmented(Path.Combine(root, "fragmented"), Path.Combine(root, "other"));
        });
        Mutate(File.ReadAllBytes(_folder["image"]), Rounds / 3, ReadFileSystem);
    }

    [RequiresToolTheory("mkfs.vfat", "mcopy")]
    [InlineData("12")]
    [InlineData("32")]
    public void Damaged_fat_is_refused_or_read(string bits)
    {
        var tree = Directory.CreateDirectory(_folder["tree"]).FullName;
        for (var index = 0; index < 40; index++)
        {
            Directory.CreateDirectory(Path.Combine(tree, FormattableString.Invariant($"directory {index % 5}")));
            File.WriteAllBytes(Path.Combine(tree, FormattableString.Invariant($"directory {index % 5}"), FormattableString.Invariant($"a file {index}")), [.. Enumerable.Repeat(Content, index * 300)]);
        }

        Tool.Run("mkfs.vfat", "-F", bits, _folder.CreateSparse("image", bits == "12" ? 2 * 1024 * 1024 : 40 * 1024 * 1024));
        Tool.Run("env", ["MTOOLS_SKIP_CHECK=1", "mcopy", "-s", "-i", _folder["image"], .. Directory.EnumerateFileSystemEntries(tree), "::/"]);
        Mutate(File.ReadAllBytes(_folder["image"]), Rounds, ReadFileSystem);
    }

    [RequiresToolFact("mke2fs", "debugfs")]
    public void Damaged_journals_are_refused_or_replayed()
    {
        var image = _folder.CreateSparse("image", 8 * 1024 * 1024);
        Tool.Run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-O", "^metadata_csum", image);
        File.WriteAllText(_folder["content"], new string((char)Content, 1024));
        Tool.Run("debugfs", ["-w", "-f", "-", image], $"jo\njw -b 3000 {_folder["content"]}\njw -r 3000\njw -b 3001 {_folder["content"]}\njc\n");
        Mutate(File.ReadAllBytes(image), Rounds, ReadFileSystem);
    }

    [RequiresToolTheory("qemu-img")]
    [InlineData("compat=1.1,cluster_size=4096", false)]
    [InlineData("compat=1.1,cluster_size=4096", true)]
    [InlineData("compat=1.1,cluster_size=4096,compression_type=zstd", true)]
    [InlineData("compat=1.1,cluster_size=16k,extended_l2=on", false)]
    public void Damaged_qcow2_images_are_refused_or_read(string options, bool compressed)
    {
        File.WriteAllBytes(_folder["disk"], [.. Enumerable.Repeat(Content, 100_000), .. new byte[50_000], .. Enumerable.Repeat(Content, 100_000)]);
        Tool.Run("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", .. compressed ? ["-c"] : Array.Empty<string>(), "-o", options, _folder["disk"], _folder["image"]]);
        Mutate(File.ReadAllBytes(_folder["image"]), Rounds, ReadImage);
    }

    [RequiresToolTheory("qemu-img")]
    [InlineData("vdi", "static=off")]
    [InlineData("vpc", "subformat=dynamic")]
    [InlineData("vpc", "subformat=fixed")]
    [InlineData("vhdx", "block_size=1M")]
    [InlineData("vmdk", "subformat=monolithicSparse")]
    [InlineData("vmdk", "subformat=streamOptimized")]
    public void Damaged_images_are_refused_or_read(string format, string options)
    {
        File.WriteAllBytes(_folder["disk"], [.. Enumerable.Repeat(Content, 100_000), .. new byte[50_000], .. Enumerable.Repeat(Content, 100_000)]);
        Tool.Run("qemu-img", "convert", "-f", "raw", "-O", format, "-o", options, _folder["disk"], _folder["image"]);
        Mutate(File.ReadAllBytes(_folder["image"]), Rounds, ReadImage, ImageChecksums.Repair);
    }

    [Fact]
    public void Damaged_differencing_images_are_refused_or_read()
    {
        var vhd = VhdBuilder.CreateChild().ParentLocator("W2ru", "base").Allocate(0, VhdBuilder.FirstBlock, 0x55).Create();
        var vhdx = new VhdxBuilder(hasParent: true).Entry(0, 7, VhdxBuilder.Stored).Entry(4096, 6, VhdxBuilder.Bitmap).Fill(VhdxBuilder.Stored, Content).Create();
        Mutate(vhd.Bytes, Rounds, source => ReadImage(source, new VhdBuilder().Allocate(0, VhdBuilder.FirstBlock, 0xff).Build()), ImageChecksums.Repair);
        Mutate(vhdx.Bytes, Rounds, source => ReadImage(source, new VhdxBuilder().Build()), ImageChecksums.Repair);
    }

    [Fact]
    public void Damaged_descriptors_are_refused_or_read() => Mutate(
        Encoding.UTF8.GetBytes("# Disk DescriptorFile\nCID=1\nparentCID=ffffffff\nRW 32 SPARSE \"a\"\nRW 9 ZERO\nRDONLY 8 SPARSE \"b\" 0\n"),
        Rounds,
        source => ReadImage(source, new SparseExtentBuilder().Entry(0, 8).Build()));

    [Fact]
    public void Damaged_logs_of_images_are_refused_or_replayed()
    {
        var image = new VhdxBuilder().Entry(0, 6, VhdxBuilder.Stored).Fill(VhdxBuilder.Stored, Content).Create();
        new LogBuilder(image, VhdxBuilder.Log, VhdxBuilder.LogIdentifier)
            .Entry(0, 5, 0, VhdxBuilder.Table, image.Bytes[VhdxBuilder.Table..(VhdxBuilder.Table + LogBuilder.Sector)])
            .Entry(2 * LogBuilder.Sector, 6, 0, VhdxBuilder.Stored, null)
            .MarkDirty();
        Mutate(image.Bytes, Rounds, ReadImage, ImageChecksums.Repair);
    }

    [RequiresToolTheory("sfdisk")]
    [InlineData("label: gpt\nsize=1MiB\nsize=1MiB")]
    [InlineData("label: dos\n1: size=1MiB\n2: size=5MiB, type=5\n5: size=1MiB\n6: size=1MiB")]
    public void Damaged_partition_tables_are_refused_or_read(string script)
    {
        Tool.Run("sfdisk", ["-q", _folder.CreateSparse("disk", 8 * 1024 * 1024)], script);
        Mutate(File.ReadAllBytes(_folder["disk"]), Rounds, source =>
        {
            foreach (var partition in PartitionTable.Read(source).Partitions)
            {
                FileSystemDetector.Detect(source.Slice(partition.Offset, partition.Length));
            }
        });
    }

    private static void ReadImage(IByteSource source) => ReadImage(source, new MemoryByteSource(new byte[100_000]));

    private static void ReadImage(IByteSource source, IByteSource otherFile)
    {
        using var image = DiskImage.Open(source, backingFiles: new FileResolver(_ => otherFile));
        var buffer = new byte[64 * 1024];
        for (long offset = 0; offset < Math.Min(image.Content.Length, 16 * 1024 * 1024); offset += buffer.Length)
        {
            image.Content.Prefetch(offset, buffer.Length);
            image.Content.Read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, image.Content.Length - offset)));
        }
    }

    private static void ReadFileSystem(IByteSource source)
    {
        var fileSystem = FileSystemDetector.Open(source);
        var pending = new Stack<FileNode>([fileSystem.Root]);
        var buffer = new byte[100_000];
        for (var visited = 0; pending.TryPop(out var node) && visited < 2000; visited++)
        {
            try
            {
                ReadNode(fileSystem, node, buffer, pending);
            }
            catch (DiskImageException)
            {
                // One damaged object does not keep the others from being read.
            }
        }
    }

    private static void ReadNode(IFileSystem fileSystem, FileNode node, byte[] buffer, Stack<FileNode> pending)
    {
        fileSystem.ReadAttributes(node);
        if (node.Kind == FileKind.Regular)
        {
            fileSystem.PrefetchContents([node]);
            fileSystem.Read(node, 0, buffer);
            fileSystem.Read(node, Math.Max(0, node.Size - 1000), buffer);
        }
        else if (node.Kind == FileKind.SymbolicLink)
        {
            fileSystem.ReadLink(node);
        }
        else if (node.Kind == FileKind.Directory)
        {
            var entries = fileSystem.ReadDirectory(node);
            fileSystem.PrefetchNodes([.. entries.Select(entry => entry.NodeId)]);
            foreach (var entry in entries)
            {
                pending.Push(fileSystem.GetNode(entry.NodeId));
            }
        }
    }

    private static void Mutate(byte[] original, int rounds, Action<IByteSource> read, Action<byte[]>? repair = null)
    {
        var interesting = Enumerable.Range(0, original.Length).Where(index => original[index] is not (0 or Content) || index < 4096).ToArray();
        for (var seed = 0; seed < rounds; seed++)
        {
            var random = new Random(seed);
            var bytes = original.ToArray();
            for (var flips = random.Next(1, 12); flips > 0; flips--)
            {
                var at = Math.Clamp(interesting[random.Next(interesting.Length)] + random.Next(-3, 4), 0, bytes.Length - 1);
                bytes[at] = random.Next(4) switch { 0 => 0, 1 => 0xff, _ => (byte)random.Next(256) };
            }

            if (random.Next(10) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            if (seed % 2 == 0)
            {
                // A checksum would hide most damage from the parsers behind it.
                repair?.Invoke(bytes);
            }

            var clock = Stopwatch.StartNew();
            try
            {
                read(new MemoryByteSource(bytes));
            }
            catch (DiskImageException)
            {
                // Refused by name, as it should be.
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"mutation {seed} made {exception.GetType().Name} escape"), exception);
            }

            Assert.True(clock.Elapsed < LongestWalk, string.Create(CultureInfo.InvariantCulture, $"mutation {seed} took {clock.Elapsed}"));
        }
    }
}
