using System.Globalization;
using System.Security.Cryptography;
using Orchestration.DiskImages.FileSystems;

namespace Orchestration.DiskImages.Tests.Support.Trees;

/// <summary>Describes every object of a tree in a line each, so that two trees can be compared.</summary>
internal static class FileTree
{
    /// <summary>The tree as this project's reader sees it.</summary>
    public static SortedDictionary<string, string> Describe(IFileSystem fileSystem, bool withTimes = true)
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Walk(fileSystem, fileSystem.Root, "", lines, withTimes);
        return lines;
    }

    /// <summary>The tree as the kernel shows a folder.</summary>
    public static SortedDictionary<string, string> Describe(string root, bool withTimes = true)
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var link = new FileInfo(path).LinkTarget;
            var mode = link is null ? (int)File.GetUnixFileMode(path) : 0b111_111_111;
            var isDirectory = link is null && Directory.Exists(path);
            var content = link is not null ? "-> " + link
                : isDirectory ? "directory"
                : string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(path).Length} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}");
            var time = link is null && withTimes ? FormatTime(File.GetLastWriteTimeUtc(path)) : "";
            lines[path[(root.Length + 1)..]] = $"{Convert.ToString(mode, 8)} {time} {content}";
        }

        return lines;
    }

    public static byte[] ReadAll(IFileSystem fileSystem, FileNode file)
    {
        var content = new byte[file.Size];
        Assert.Equal(content.Length, fileSystem.Read(file, 0, content));
        return content;
    }

    /// <summary>The node at a path, without following symbolic links.</summary>
    public static FileNode Find(IFileSystem fileSystem, string path)
    {
        var node = fileSystem.Root;
        foreach (var name in path.Split('/'))
        {
            var entry = fileSystem.Lookup(node, name);
            Assert.True(entry is not null, $"no '{name}' on the way to '{path}'");
            node = fileSystem.GetNode(entry.NodeId);
        }

        return node;
    }

    private static void Walk(IFileSystem fileSystem, FileNode directory, string prefix, SortedDictionary<string, string> lines, bool withTimes)
    {
        var entries = fileSystem.ReadDirectory(directory);
        fileSystem.PrefetchNodes([.. entries.Select(entry => entry.NodeId)]);
        foreach (var entry in entries)
        {
            var node = fileSystem.GetNode(entry.NodeId);
            var path = prefix + entry.Name;
            if (path == "lost+found")
            {
                continue;
            }

            Assert.True(entry.Kind is FileKind.Unknown || entry.Kind == node.Kind, $"{path} is {entry.Kind} in its directory and {node.Kind} in its inode");
            var content = node.Kind switch
            {
                FileKind.SymbolicLink => "-> " + fileSystem.ReadLink(node),
                FileKind.Directory => "directory",
                _ => string.Create(CultureInfo.InvariantCulture, $"{node.Size} {Convert.ToHexString(SHA256.HashData(ReadAll(fileSystem, node)))}"),
            };
            var time = node.Kind != FileKind.SymbolicLink && withTimes ? FormatTime(node.Modified.UtcDateTime) : "";
            lines[path] = $"{Convert.ToString(node.Permissions, 8)} {time} {content}";
            if (node.Kind == FileKind.Directory)
            {
                Walk(fileSystem, node, path + "/", lines, withTimes);
            }
        }
    }

    // mke2fs -d keeps whole seconds.
    private static string FormatTime(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
