using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files;

/// <param name="IsWanted">Whether a file of that path is wanted; asked for regular files by name alone, before their inodes are read.</param>
/// <param name="IsEntered">Whether what is below a directory of that path is looked at.</param>
internal sealed record TreeWalkRules(Func<string, bool> IsWanted, Func<string, bool> IsEntered)
{
    public required int MaximumDirectories { get; init; }

    public required int MaximumFiles { get; init; }

    /// <summary>Entries of directories, wanted or not.</summary>
    public required long MaximumEntries { get; init; }
}

/// <summary>A regular file that a walk found.</summary>
internal readonly record struct WalkedFile(string Path, Place Place)
{
    public long Size => Place.Node.Size;

    /// <summary>Somebody may run it.</summary>
    public bool IsExecutable => (Place.Node.Permissions & 0b001_001_001) != 0;

    public GuestContent Open() => new(Path, Place);
}

/// <summary>
/// Every file of a guest, level by level: the directories of a level are announced together, so that the round trips are those of the
/// deepest path. Links are not followed, and a directory that damage makes its own parent is entered once.
/// </summary>
internal sealed class TreeWalk(MountTable mounts, TreeWalkRules rules)
{
    /// <summary>So many directories are announced at once: what is announced must not outgrow the page cache.</summary>
    private const int BatchLength = 1024;

    private const int MaximumWarnings = 1000;

    private readonly HashSet<(FileSystemCache Mount, ulong Id)> _entered = [];
    private readonly List<FactWarning> _warnings = [];

    public int Directories => _entered.Count;

    /// <summary>All entries that were seen, wanted or not.</summary>
    public long Entries { get; private set; }

    /// <summary>A limit ended it before all was seen.</summary>
    public bool WasCut { get; private set; }

    /// <summary>What could not be listed, and which limit was met.</summary>
    public IReadOnlyList<FactWarning> Warnings => _warnings;

    /// <summary>The wanted files, those of one batch of directories at a time.</summary>
    /// <exception cref="DiskImageException">Storage failed; damage in the guest is a warning.</exception>
    public IEnumerable<IReadOnlyList<WalkedFile>> Run(CancellationToken cancellationToken)
    {
        var found = 0;
        var level = new List<(string Path, Place Place)> { ("/", mounts.Root) };
        while (level.Count > 0)
        {
            var next = new List<(string Path, Place Place)>();
            foreach (var batch in level.Chunk(BatchLength))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var files = ReadBatch(batch, next);
                found += files.Count;
                yield return files;
                if (found >= rules.MaximumFiles || Directories >= rules.MaximumDirectories || Entries >= rules.MaximumEntries)
                {
                    WasCut = true;
                    Warn("/", $"expected at most {rules.MaximumDirectories} directories, {rules.MaximumEntries} entries and {rules.MaximumFiles} files of interest, found more: the rest was not looked at");
                    yield break;
                }
            }

            level = next;
        }
    }

    private List<WalkedFile> ReadBatch(IReadOnlyList<(string Path, Place Place)> directories, List<(string Path, Place Place)> next)
    {
        PathPrefetcher.Announce(directories.Select(directory => directory.Place), (fileSystem, nodes) => fileSystem.PrefetchContents(nodes));
        var entries = directories.SelectMany(directory => List(directory.Path, directory.Place)).ToList();
        foreach (var group in entries.GroupBy(entry => entry.Mount, entry => entry.Id))
        {
            PathPrefetcher.Ignoring(() => group.Key.FileSystem.PrefetchNodes([.. group]));
        }

        var files = new List<WalkedFile>();
        foreach (var (path, mount, id) in entries)
        {
            var place = mounts.At(path) is { } mounted ? Root(mounted) : Load(path, mount, id);
            if (place is not { } known)
            {
                continue;
            }

            if (known.Node.Kind == FileKind.Regular && rules.IsWanted(path))
            {
                files.Add(new WalkedFile(path, known));
            }
            else if (known.Node.Kind == FileKind.Directory && rules.IsEntered(path) && _entered.Count + next.Count < rules.MaximumDirectories + BatchLength)
            {
                next.Add((path, known));
            }
        }

        return files;
    }

    /// <summary>Entries that may matter: of files only the wanted ones, so that the inodes of the others are not read.</summary>
    private List<(string Path, FileSystemCache Mount, ulong Id)> List(string path, Place directory)
    {
        if (Entries >= rules.MaximumEntries || !_entered.Add((directory.Mount, directory.Node.Id)))
        {
            return [];
        }

        try
        {
            // Past the cache, which would keep what is needed once.
            var entries = directory.Mount.FileSystem.ReadDirectory(directory.Node);
            Entries += entries.Count;
            var hidden = mounts.NamesIn(path).Except(entries.Select(entry => entry.Name)).Select(name => GuestPath.Combine(path, name));
            return
            [
                .. hidden.Where(rules.IsEntered).Select(child => (child, directory.Mount, directory.Node.Id)),
                .. from entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)
                   let child = GuestPath.Combine(path, entry.Name)
                   where entry.Kind switch
                   {
                       FileKind.Directory => rules.IsEntered(child),
                       FileKind.Regular => rules.IsWanted(child),
                       FileKind.Unknown => true,
                       _ => false,
                   }
                   select (child, directory.Mount, entry.NodeId),
            ];
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            Warn(path, exception.Message);
            return [];
        }
    }

    private Place? Root(FileSystemCache mount)
    {
        if (mount.IsAvailable)
        {
            return new Place(mount, mount.Root);
        }

        Warn(mount.MountPoint, "the file system mounted here cannot be read");
        return null;
    }

    private Place? Load(string path, FileSystemCache mount, ulong id)
    {
        try
        {
            return new Place(mount, mount.FileSystem.GetNode(id));
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            Warn(path, exception.Message);
            return null;
        }
    }

    private void Warn(string path, string message)
    {
        if (_warnings.Count < MaximumWarnings)
        {
            _warnings.Add(new FactWarning(path, message, Unreadable: true));
        }
    }
}
