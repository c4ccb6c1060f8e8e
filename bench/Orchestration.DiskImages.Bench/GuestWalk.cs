using Orchestration.DiskImages.FileSystems;

namespace Orchestration.DiskImages.Bench;

/// <summary>Reads all of /etc, the dpkg status and the unit files, level by level, announcing each level before reading it.</summary>
internal sealed class GuestWalk(IFileSystem fileSystem)
{
    private const int LargestFile = 16 * 1024 * 1024;

    private static readonly string[] Trees = ["etc", "usr/lib/systemd/system", "lib/systemd/system"];
    private static readonly string[] Files = ["usr/lib/os-release", "var/lib/dpkg/status"];

    /// <summary>Returns the number of files read.</summary>
    public int Run()
    {
        var found = FindAll([.. Trees, .. Files]);
        var level = found.Where(node => node.Kind == FileKind.Directory).ToList();
        var count = Read(found.Where(node => node.Kind == FileKind.Regular).ToList());
        while (level.Count > 0)
        {
            var children = ReadLevel(level);
            count += Read(children.Where(node => node.Kind == FileKind.Regular).ToList());
            level = children.Where(node => node.Kind == FileKind.Directory).ToList();
        }

        return count;
    }

    // All paths go down one level together.
    private List<FileNode> FindAll(string[] paths)
    {
        var found = new List<FileNode>();
        var walks = paths.Select(path => (Node: fileSystem.Root, Names: path.Split('/'))).ToList();
        while (walks.Count > 0)
        {
            fileSystem.PrefetchContents([.. walks.Select(walk => walk.Node).DistinctBy(node => node.Id)]);
            var entries = walks.Select(walk => (Entry: fileSystem.Lookup(walk.Node, walk.Names[0]), walk.Names)).Where(walk => walk.Entry is not null).ToList();
            fileSystem.PrefetchNodes([.. entries.Select(walk => walk.Entry?.NodeId ?? 0)]);
            var nodes = entries.Select(walk => (Node: fileSystem.GetNode(walk.Entry?.NodeId ?? 0), Names: walk.Names[1..])).ToList();
            found.AddRange(nodes.Where(walk => walk.Names.Length == 0).Select(walk => walk.Node));
            walks = nodes.Where(walk => walk.Names.Length > 0 && walk.Node.Kind == FileKind.Directory).ToList();
        }

        return found;
    }

    private List<FileNode> ReadLevel(List<FileNode> directories)
    {
        fileSystem.PrefetchContents(directories);
        var entries = directories.SelectMany(fileSystem.ReadDirectory).ToList();
        fileSystem.PrefetchNodes([.. entries.Select(entry => entry.NodeId)]);
        return entries.Select(entry => fileSystem.GetNode(entry.NodeId)).ToList();
    }

    private int Read(List<FileNode> files)
    {
        fileSystem.PrefetchContents(files, LargestFile);
        foreach (var file in files)
        {
            fileSystem.Read(file, 0, new byte[Math.Min(file.Size, LargestFile)]);
        }

        return files.Count;
    }
}
