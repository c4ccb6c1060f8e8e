using System.Globalization;
using System.Text;

namespace Orchestration.DiskImages.Tests.Support.Trees;

/// <summary>A folder of files of every sort that matters to a file system reader, made on this machine's own file system.</summary>
internal static class SampleTree
{
    /// <param name="folder">Where to make it.</param>
    /// <param name="largeDirectory">Number of files in one directory.</param>
    /// <param name="filler">Fills the files in place of noise.</param>
    public static string Create(TemporaryFolder folder, int largeDirectory = 500, byte? filler = null)
    {
        var root = Directory.CreateDirectory(folder["tree"]).FullName;
        string At(string path) => Path.Combine(root, path);
        void Write(string path, byte[] bytes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(path)) ?? root);
            File.WriteAllBytes(At(path), bytes);
        }

        var random = new Random(42);
        byte[] Noise(int length)
        {
            var bytes = new byte[length];
            if (filler is { } value)
            {
                bytes.AsSpan().Fill(value);
            }
            else
            {
                random.NextBytes(bytes);
            }

            return bytes;
        }

        Write("etc/hostname", "web01\n"u8.ToArray());
        Write("etc/empty", []);
        Write("etc/inline-sized", Noise(60));
        Write("etc/inline-larger", Noise(110));
        Write("usr/share/one-block", Noise(1024));
        Write("usr/share/several-blocks", Noise(70_001));
        Write("usr/share/double-indirect", Noise(1_500_000));
        Write("usr/share/übergröße-名前", Encoding.UTF8.GetBytes("unicode\n"));
        Write("usr/bin/set-uid", "#!"u8.ToArray());
        File.SetUnixFileMode(At("usr/bin/set-uid"), (UnixFileMode)0b100_111_101_101);
        File.SetUnixFileMode(At("etc/hostname"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        CreateSparseFile(At("var/sparse"));
        File.CreateSymbolicLink(At("short-link"), "etc/hostname");
        File.CreateSymbolicLink(At("long-link"), "/" + string.Join('/', Enumerable.Repeat("component", 20)));
        File.CreateSymbolicLink(At("link-of-sixty"), new string('x', 60));
        Directory.CreateDirectory(At("many"));
        for (var i = 0; i < largeDirectory; i++)
        {
            File.WriteAllText(At(string.Create(CultureInfo.InvariantCulture, $"many/a-file-with-a-rather-long-name-{i:d6}")), i.ToString(CultureInfo.InvariantCulture));
        }

        Directory.CreateDirectory(At("empty-directory"));
        File.SetLastWriteTimeUtc(At("etc/empty"), new DateTime(2001, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(At("usr/bin/set-uid"), new DateTime(1950, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        return root;
    }

    private static void CreateSparseFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
        using var file = File.Create(path);
        file.SetLength(9_000_000);
        foreach (var offset in (long[])[0, 100_000, 4_000_000, 8_999_990])
        {
            file.Position = offset;
            file.Write("not a hole"u8);
        }
    }
}
