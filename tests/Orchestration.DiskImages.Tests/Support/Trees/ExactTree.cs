using System.Globalization;
using System.Security.Cryptography;
using Orchestration.DiskImages.FileSystems;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Support.Trees;

/// <summary>
/// Describes every object of a tree in a line each, with everything that a file system keeps of it: kind, mode, owners, links, size, times,
/// extended attributes and content.
/// </summary>
internal static class ExactTree
{
    /// <summary>The tree as this project's reader sees it.</summary>
    public static SortedDictionary<string, string> Describe(IFileSystem fileSystem)
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var pending = new Stack<(string Path, FileNode Node)>([("", fileSystem.Root)]);
        while (pending.TryPop(out var item))
        {
            var (path, node) = item;
            lines[path] = Describe(fileSystem, node);
            if (node.Kind == FileKind.Directory)
            {
                var entries = fileSystem.ReadDirectory(node);
                fileSystem.PrefetchNodes([.. entries.Select(entry => entry.NodeId)]);
                foreach (var entry in entries)
                {
                    var child = fileSystem.GetNode(entry.NodeId);
                    Assert.True(entry.Kind is FileKind.Unknown || entry.Kind == child.Kind, $"{entry.Name} is {entry.Kind} in its directory and {child.Kind} in its inode");
                    Assert.Equal(entry, fileSystem.Lookup(node, entry.Name));
                    pending.Push((path.Length == 0 ? entry.Name : $"{path}/{entry.Name}", child));
                }
            }
        }

        return lines;
    }

    /// <summary>The tree as the kernel shows a mounted file system.</summary>
    public static SortedDictionary<string, string> Describe(string root)
    {
        var attributes = ReadAttributes(root);
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var fields = Tool.Run("find", root, "-printf", @"%P\0%y\0%m\0%U\0%G\0%n\0%s\0%T@\0%C@\0%l\0").Split('\0');
        foreach (var field in fields[..^1].Chunk(10))
        {
            var content = field[1] switch
            {
                "f" => $"{field[6]} {Hash(File.ReadAllBytes(Path.Combine(root, field[0])))}",
                "l" => "-> " + field[9],
                _ => "",
            };
            lines[field[0]] = $"{field[1]} {field[2]} {field[3]}:{field[4]} links {field[5]} modified {ToTicks(field[7])} changed {ToTicks(field[8])} {content}"
                + string.Concat(attributes.GetValueOrDefault(field[0], []).Order(StringComparer.Ordinal));
        }

        return lines;
    }

    /// <summary>Fails with the lines that differ, where any do.</summary>
    public static void AssertEqual(SortedDictionary<string, string> expected, SortedDictionary<string, string> actual)
    {
        var differences = expected.Except(actual).Select(pair => ("expected", pair)).Concat(actual.Except(expected).Select(pair => ("found", pair)));
        if (differences.Any())
        {
            Assert.Fail(string.Join('\n', differences.Take(20)));
        }
    }

    private static string Describe(IFileSystem fileSystem, FileNode node)
    {
        var (letter, content) = node.Kind switch
        {
            FileKind.Regular => ("f", string.Create(CultureInfo.InvariantCulture, $"{node.Size} {Hash(FileTree.ReadAll(fileSystem, node))}")),
            FileKind.Directory => ("d", ""),
            FileKind.SymbolicLink => ("l", "-> " + fileSystem.ReadLink(node)),
            FileKind.BlockDevice => ("b", ""),
            FileKind.CharacterDevice => ("c", ""),
            FileKind.NamedPipe => ("p", ""),
            FileKind.Socket => ("s", ""),
            var kind => (kind.ToString(), ""),
        };
        var attributes = fileSystem.ReadAttributes(node).Select(pair => $" {pair.Key}=0x{Convert.ToHexStringLower(pair.Value)}").Order(StringComparer.Ordinal);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{letter} {Convert.ToString(node.Permissions, 8)} {node.UserId}:{node.GroupId} links {node.LinkCount} modified {(node.Modified - DateTimeOffset.UnixEpoch).Ticks} changed {(node.Changed - DateTimeOffset.UnixEpoch).Ticks} {content}{string.Concat(attributes)}");
    }

    private static Dictionary<string, List<string>> ReadAttributes(string root)
    {
        var attributes = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var current = new List<string>();
        foreach (var line in Tool.Run("getfattr", "-h", "-R", "-d", "-m", "-", "-e", "hex", "--absolute-names", root).Split('\n'))
        {
            if (line.StartsWith("# file: ", StringComparison.Ordinal))
            {
                var path = line["# file: ".Length..];
                attributes[path.Length == root.Length ? "" : path[(root.Length + 1)..]] = current = [];
            }
            else if (line.Length > 0)
            {
                // An empty value is printed without its equals sign in some versions, and as 0x in others.
                current.Add($" {(line.Contains('=', StringComparison.Ordinal) ? line : line + "=0x")}");
            }
        }

        return attributes;
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string ToTicks(string seconds) =>
        ((long)Math.Floor(decimal.Parse(seconds, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond)).ToString(CultureInfo.InvariantCulture);
}
