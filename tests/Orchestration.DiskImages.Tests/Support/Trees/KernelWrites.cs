using System.Globalization;
using System.Text;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Support.Trees;

/// <summary>Writes to a mounted file system what makes it use every structure that it has.</summary>
internal static class KernelWrites
{
    /// <summary>The programs that <see cref="Everything"/> uses.</summary>
    public static readonly string[] Tools = ["cp", "setfattr", "mknod", "fallocate", "mkfifo", "chown"];

    /// <summary>Every sort of file, directories of every size, fragmented and unwritten files, attributes, owners, devices, links and odd times.</summary>
    /// <param name="root">The mounted file system.</param>
    /// <param name="tree">A sample tree to copy.</param>
    /// <param name="largestAttribute">Bytes of the largest attribute value.</param>
    public static void Everything(string root, string tree, int largestAttribute = 60_000)
    {
        string At(string path) => Path.Combine(root, path);
        Tool.Run("cp", "-a", tree + "/.", root);
        Links(root);
        Fragmented(At("fragmented"), At("other"));
        Tool.Run("fallocate", "-l", "3000000", At("unwritten"));
        Tool.Run("fallocate", "-l", "3000000", At("partly-written"));
        using (var file = File.OpenWrite(At("partly-written")))
        {
            file.Position = 1_234_567;
            file.Write("written"u8);
        }

        Many(At("thousands"), 2000, 60);
        Many(At("dozens"), 40, 20);
        Many(At("few"), 3, 8);
        Attributes(root, largestAttribute);
        File.WriteAllText(At("late"), "2200");
        File.SetLastWriteTimeUtc(At("late"), new DateTime(2200, 5, 6, 7, 8, 9, DateTimeKind.Utc));
        Directory.Delete(At("dozens/sub"), recursive: true);
    }

    /// <summary>A directory of empty files, some of them removed again.</summary>
    public static void Many(string directory, int count, int nameLength)
    {
        Directory.CreateDirectory(Path.Combine(directory, "sub"));
        for (var index = 0; index < count; index++)
        {
            File.Create(Path.Combine(directory, index.ToString(CultureInfo.InvariantCulture).PadLeft(nameLength, 'n'))).Dispose();
        }

        for (var index = 0; index < count; index += 7)
        {
            File.Delete(Path.Combine(directory, index.ToString(CultureInfo.InvariantCulture).PadLeft(nameLength, 'n')));
        }
    }

    /// <summary>Two files grown in turns, with holes, so that each has thousands of extents.</summary>
    public static void Fragmented(string first, string second)
    {
        using var one = File.Create(first);
        using var two = File.Create(second);
        for (var index = 0; index < 1500; index++)
        {
            one.Position = index * 8192L;
            one.Write(BitConverter.GetBytes(index));
            two.Position = index * 12288L;
            two.Write(BitConverter.GetBytes(-index));
            if (index % 10 == 0)
            {
                one.Flush(flushToDisk: false);
                two.Flush(flushToDisk: false);
            }
        }
    }

    private static void Links(string root)
    {
        string At(string path) => Path.Combine(root, path);
        File.CreateSymbolicLink(At("link-of-nine-hundred"), new string('y', 900));
        File.CreateSymbolicLink(At("link-of-1023"), "/" + new string('z', 1022));
        Tool.Run("cp", "-l", At("etc/hostname"), At("hard-link"));
        Tool.Run("mknod", At("character-device"), "c", "1", "3");
        Tool.Run("mknod", At("block-device"), "b", "7", "200");
        Tool.Run("mkfifo", "-m", "600", At("pipe"));
        File.WriteAllText(At("owned"), "by others");
        Tool.Run("chown", "70000:4000000000", At("owned"));
    }

    private static void Attributes(string root, int largest)
    {
        var script = new StringBuilder();
        void Set(string file, string name, string value) => script.Append(
            CultureInfo.InvariantCulture, $"# file: {Path.Combine(root, file)}\n{name}={(value.StartsWith("0x", StringComparison.Ordinal) ? value : $"\"{value}\"")}\n\n");
        foreach (var file in (string[])["one", "several", "hundred", "large", "listed"])
        {
            File.WriteAllText(Path.Combine(root, file), file);
        }

        Set("one", "user.short", "value");
        Set("one", "user.empty", "");
        Set("several", "security.capability", "0x0100000200040000000000000000000000000000");
        Set("several", "trusted.overlay.opaque", "y");
        Set("several", "user.middle", new string('m', 700));
        Set("listed", "system.posix_acl_access", "0x0200000001000600ffffffff02000600e803000004000400ffffffff10000600ffffffff20000400ffffffff");
        Set("etc", "system.posix_acl_default", "0x0200000001000700ffffffff04000500ffffffff08000500e903000010000500ffffffff20000500ffffffff");
        Set("large", "user.large", "0x" + string.Concat(Enumerable.Range(0, largest).Select(index => (index % 251).ToString("x2", CultureInfo.InvariantCulture))));
        Set("large", "user.other", new string('o', Math.Min(largest, 3000)));
        Set("short-link", "trusted.of-a-link", "yes");
        if (largest > 50_000)
        {
            for (var index = 0; index < 150; index++)
            {
                Set("hundred", string.Create(CultureInfo.InvariantCulture, $"user.attribute-number-{index}"), new string('v', index * 3));
            }
        }

        Tool.Run("setfattr", ["-h", "--restore=-"], script.ToString());
    }
}
