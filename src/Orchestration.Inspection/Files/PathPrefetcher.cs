using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files;

/// <summary>
/// Resolves many paths in step. At each level the directories that all of them need are announced at once, then the inodes, then the
/// long symbolic links; at the end the contents. A round trip is paid for a level, not for a path.
/// </summary>
internal sealed class PathPrefetcher(MountTable mounts)
{
    /// <summary>A wildcard in a hostile directory must not make millions of walks.</summary>
    private const int MaximumWalks = 50_000;

    public void Run(IEnumerable<string> paths, int maximumBytes)
    {
        var active = paths.Distinct(StringComparer.Ordinal).Select(path => new PathWalk(mounts, path)).ToList();
        var arrived = new List<Place>();
        while (active.Count > 0)
        {
            Announce(active.Where(NeedsDirectory).Select(walk => walk.Current), (fileSystem, nodes) => fileSystem.PrefetchContents(nodes));
            active = [.. active.SelectMany(Expand).Take(MaximumWalks)];

            var entries = active.Select(FindEntry).OfType<(FileSystemCache Mount, ulong Id)>().Distinct().ToList();
            foreach (var group in entries.Where(entry => !entry.Mount.KnowsNode(entry.Id)).GroupBy(entry => entry.Mount, entry => entry.Id))
            {
                Ignoring(() => group.Key.FileSystem.PrefetchNodes([.. group]));
            }

            Announce(
                entries.Select(Load).OfType<Place>().Where(place => place.Node.Kind == FileKind.SymbolicLink && !place.Mount.KnowsLink(place.Node)),
                (fileSystem, nodes) => fileSystem.PrefetchContents(nodes));

            active = [.. active.Where(walk => walk.Next is not null && Advances(walk))];
            arrived.AddRange(active.Where(walk => walk.Next is null).Select(walk => walk.Current));
            active.RemoveAll(walk => walk.Next is null);
        }

        Announce(
            arrived.Where(place => place.Node.Kind is FileKind.Regular or FileKind.Directory),
            (fileSystem, nodes) => fileSystem.PrefetchContents(nodes, maximumBytes));
    }

    internal static void Announce(IEnumerable<Place> places, Action<IFileSystem, IReadOnlyCollection<FileNode>> prefetch)
    {
        foreach (var group in places.Distinct().GroupBy(place => place.Mount, place => place.Node))
        {
            Ignoring(() => prefetch(group.Key.FileSystem, [.. group]));
        }
    }

    /// <summary>Damage is reported by the read that follows, with the name of its file.</summary>
    internal static void Ignoring(Action announce)
    {
        try
        {
            announce();
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
        }
    }

    private static bool NeedsDirectory(PathWalk walk) =>
        walk is { Next: { } next, Current: { Node.Kind: FileKind.Directory } place }
        && (GuestPath.IsPattern(next) ? !place.Mount.KnowsDirectory(place.Node) : !place.Mount.KnowsEntry(place.Node, next));

    private static IEnumerable<PathWalk> Expand(PathWalk walk)
    {
        if (walk.Next is not { } pattern || !GuestPath.IsPattern(pattern))
        {
            return [walk];
        }

        var place = walk.Current;
        return Try(() => place.Node.Kind == FileKind.Directory ? place.Mount.List(place.Node) : null) is { } entries
            ? entries.Where(entry => GuestPath.Matches(pattern, entry.Name)).Select(entry => walk.Expand(entry.Name))
            : [];
    }

    private static (FileSystemCache Mount, ulong Id)? FindEntry(PathWalk walk)
    {
        if (walk is not { Next: { } name, Current: { Node.Kind: FileKind.Directory } place })
        {
            return null;
        }

        return Try(() => place.Mount.Lookup(place.Node, name)) is { } entry ? (place.Mount, entry.NodeId) : null;
    }

    private static Place? Load((FileSystemCache Mount, ulong Id) entry) =>
        Try(() => entry.Mount.Node(entry.Id)) is { } node ? new Place(entry.Mount, node) : null;

    private static bool Advances(PathWalk walk)
    {
        try
        {
            return walk.Step();
        }
        catch (InspectionException)
        {
            return false;
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            return false;
        }
    }

    private static T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            return null;
        }
    }
}
