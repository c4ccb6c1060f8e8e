using System.Globalization;
using System.IO.Compression;
using System.Text;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Fuzz;

/// <summary>Small images of every kind, made by the tools that make them. What a missing tool would make is left out.</summary>
public static class SeedImages
{
    private const string MakeTree = """
        mkdir -p tree/etc tree/usr/share tree/many
        printf 'ID=debian\nVERSION_ID=12\n' > tree/etc/os-release
        printf 'UUID=x / ext4 defaults 0 1\n' > tree/etc/fstab
        ln -s etc/os-release tree/link; ln -s /usr/share/a/very/long/target/that/does/not/fit/into/an/inode/of/any/file/system tree/long
        ln tree/etc/fstab tree/hard; mkfifo tree/fifo
        head -c 70000 /dev/zero | tr '\0' 'Z' > tree/usr/share/blocks; truncate -s 3M tree/sparse; printf end >> tree/sparse
        i=0; while [ $i -lt 150 ]; do printf $i > tree/many/a-file-with-a-rather-long-name-$i; i=$((i + 1)); done
        setfattr -n user.note -v value tree/etc/fstab 2>/dev/null || true
        """;

    private static readonly (string Name, string[] Tools, string Script)[] Recipes =
    [
        ("ext4", ["mke2fs"], "mke2fs -q -t ext4 -b 1024 -O ^metadata_csum,inline_data -d tree image 8M"),
        ("ext4-checksums", ["mke2fs"], "mke2fs -q -t ext4 -b 1024 -d tree image 8M"),
        ("ext2", ["mke2fs"], "mke2fs -q -t ext2 -b 1024 -d tree image 8M"),
        ("xfs", ["mkfs.xfs"], "truncate -s 16M image && mkfs.xfs -q --unsupported -m crc=0,reflink=0 image"),
        ("btrfs", ["mkfs.btrfs"], "truncate -s 20M image && mkfs.btrfs -q -f --mixed -r tree image"),
        ("btrfs-log", ["mkfs.btrfs", "mount", "losetup"], "truncate -s 20M image && mkfs.btrfs -q -f --mixed -r tree image && mkdir -p mounted && mount -o loop,commit=300 image mounted && printf new > mounted/etc/new && printf more >> mounted/etc/os-release && mv mounted/hard mounted/renamed && rm mounted/many/*1 && sync mounted/etc/new && sync mounted/etc/os-release && sync mounted/renamed && sync mounted/many && cp image copy && umount mounted && mv copy image"),
        ("ntfs", ["mkfs.ntfs"], "truncate -s 4M image && mkfs.ntfs -q -F -f image"),
        ("fat12", ["mkfs.vfat", "mcopy"], "truncate -s 2M image && mkfs.vfat image && mcopy -s -i image tree/etc tree/many ::"),
        ("fat32", ["mkfs.vfat", "mcopy"], "truncate -s 34M image && mkfs.vfat -F 32 -s 1 image && mcopy -s -i image tree/etc tree/many ::"),
        ("exfat", ["mkfs.exfat", "mount.exfat-fuse"], "truncate -s 4M image && mkfs.exfat -c 512 -b 4K image && mkdir -p mounted && mount -t exfat-fuse -o loop image mounted && cp -rL tree/etc tree/many tree/usr mounted && umount mounted"),
        ("iso", ["genisoimage"], "genisoimage -quiet -R -J -o image tree"),
        ("iso-joliet", ["genisoimage"], "genisoimage -quiet -J -o image tree"),
        ("squashfs", ["mksquashfs"], "mksquashfs tree image -quiet -no-progress"),
        ("squashfs-stored", ["mksquashfs"], "mksquashfs tree image -quiet -no-progress -noI -noD -noF -noX"),
        ("squashfs-xz", ["mksquashfs"], "mksquashfs tree image -quiet -no-progress -comp xz"),
        ("squashfs-lz4", ["mksquashfs"], "mksquashfs tree image -quiet -no-progress -comp lz4"),
        ("squashfs-zstd", ["mksquashfs"], "mksquashfs tree image -quiet -no-progress -comp zstd"),
        ("gpt", ["mke2fs", "sfdisk"], "mke2fs -q -t ext2 part 1M && truncate -s 8M image && printf 'label: gpt\\nstart=2048,size=2048\\nsize=2048\\n' | sfdisk -q image && dd if=part of=image bs=512 seek=2048 conv=notrunc status=none"),
        ("mbr", ["sfdisk"], "truncate -s 8M image && printf 'label: dos\\n1: size=1MiB\\n2: size=5MiB, type=5\\n5: size=1MiB\\n6: size=1MiB\\n' | sfdisk -q image"),
        ("luks2", ["cryptsetup"], "truncate -s 36M image && printf secret > key && cryptsetup reencrypt -q --encrypt --type luks2 --key-file key --reduce-device-size 32M --pbkdf pbkdf2 --pbkdf-force-iterations 1000 image && truncate -s 17M image"),
        ("qcow2", ["qemu-img"], "qemu-img convert -f raw -O qcow2 -o cluster_size=4096 disk image && qemu-img snapshot -c one image"),
        ("qcow2-compressed", ["qemu-img"], "qemu-img convert -c -f raw -O qcow2 -o cluster_size=4096,compression_type=zstd disk image"),
        ("qcow2-extended", ["qemu-img"], "qemu-img convert -f raw -O qcow2 -o cluster_size=16k,extended_l2=on disk image"),
        ("vmdk-sparse", ["qemu-img"], "qemu-img convert -f raw -O vmdk -o subformat=monolithicSparse disk image"),
        ("vmdk-stream", ["qemu-img"], "qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk image"),
        ("vdi", ["qemu-img"], "qemu-img convert -f raw -O vdi disk image"),
        ("vhd", ["qemu-img"], "qemu-img convert -f raw -O vpc disk image"),
        ("vhdx", ["qemu-img"], "qemu-img convert -f raw -O vhdx -o block_size=1M disk image"),
        ("ova", ["qemu-img", "tar"], "qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk a.vmdk && printf '<E><File id=\"f\" href=\"a.vmdk\"/><Disk fileRef=\"f\"/></E>' > a.ovf && tar --format=ustar -cf image a.ovf a.vmdk"),
    ];

    /// <summary>Makes them, in a temporary folder that is removed again.</summary>
    public static IReadOnlyList<SeedImage> Create()
    {
        var folder = Directory.CreateTempSubdirectory("fuzz-seeds-").FullName;
        try
        {
            Tool.Run("sh", "-c", $"cd \"$1\"\n{MakeTree}\nhead -c 200000 /dev/zero | tr '\\0' 'Z' > disk; truncate -s 300000 disk", "sh", folder);
            var seeds = new List<SeedImage>();
            foreach (var (name, tools, script) in Recipes)
            {
                if (Tool.DescribeMissing(tools) is null && TryRun(folder, script))
                {
                    seeds.Add(new SeedImage(name, File.ReadAllBytes(Path.Combine(folder, "image")), Checksums.RepairFor(name)));
                    File.Delete(Path.Combine(folder, "image"));
                }
            }

            return [.. seeds, .. CreateOverlays(folder), .. ReadFixtures("lvm", "abc"), .. ReadFixtures("md", "abcd")];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<SeedImage> CreateOverlays(string folder)
    {
        if (LoopMount.DescribeMissing(OverlayImage.Tools) is not null)
        {
            yield break;
        }

        var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 6000).Select(line => string.Create(CultureInfo.InvariantCulture, $"line {line}, {line * line}\n"))));
        foreach (var (name, algorithm, type, chunkSize) in ((string, int, int, int)[])[("lzx", 1, WimCompressor.Lzx, 32768), ("xpress", 2, WimCompressor.Xpress, 8192)])
        {
            var image = Path.Combine(folder, "image");
            using (var file = File.Create(image))
            {
                file.SetLength(4 * 1024 * 1024);
            }

            OverlayImage.Create(image, algorithm, WimCompressor.CompressFile(content, type, chunkSize), content.Length);
            yield return new SeedImage($"ntfs-{name}", File.ReadAllBytes(image), Checksums.RepairFor("ntfs"));
        }
    }

    private static bool TryRun(string folder, string script)
    {
        try
        {
            Tool.Run("sh", "-c", $"cd \"$1\" && {script}", "sh", folder);
            return true;
        }
        catch (InvalidOperationException exception)
        {
            Console.Error.WriteLine(exception.Message.Split('\n')[0]);
            return false;
        }
    }

    // Of several disks one is damaged; all are one after the other in the seed.
    private static IEnumerable<SeedImage> ReadFixtures(string name, string disks)
    {
        using var all = new MemoryStream();
        foreach (var disk in disks)
        {
            using var stored = File.OpenRead(Path.Combine(RepositoryRoot.Path, "tests", "Orchestration.DiskImages.Tests", "Fixtures", name, $"{disk}.raw.br"));
            using var decompressed = new BrotliStream(stored, CompressionMode.Decompress);
            decompressed.CopyTo(all);
        }

        yield return new SeedImage($"{name}*{disks.Length}", all.ToArray(), Checksums.RepairFor(name));
    }
}
