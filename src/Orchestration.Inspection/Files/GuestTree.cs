using System.Text;
using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files;

/// <summary>
/// The guest's files as the running guest would see them: one root assembled from all its file systems. Symbolic links are followed
/// inside the guest only. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A path that does not exist gives null or an empty list. A path that may exist but cannot be read (damage, an unreadable file
/// system, a loop of links) throws <see cref="InspectionException"/>, so that "absent" is never said of what was not seen.
/// Failures of storage pass through as <see cref="DiskImageException"/>.
/// </remarks>
public sealed class GuestTree
{
    /// <summary>Largest file read where the caller names no limit: 64 MiB.</summary>
    public const int DefaultMaximumBytes = 64 << 20;

    private readonly MountTable _mounts;
    private readonly PathPrefetcher _prefetcher;

    /// <param name="mounts">The file systems by mount point; one must be a readable <c>/</c>.</param>
    public GuestTree(IEnumerable<GuestMount> mounts)
    {
        _mounts = new MountTable(mounts);
        _prefetcher = new PathPrefetcher(_mounts);
    }

    /// <summary>The object at the path, after following symbolic links unless <paramref name="follow"/> is false for the last one.</summary>
    /// <returns>Null where nothing is there, also behind a dangling link.</returns>
    public GuestFile? Find(string path, bool follow = true) => Guard(path, () =>
        Resolve(path, follow) is { } walk ? Describe(path, walk.RealPath, walk.Current.Node) : null);

    public bool Exists(string path) => Find(path) is not null;

    /// <summary>The target of the symbolic link at the path as it is stored; null where there is no link.</summary>
    public string? ReadLink(string path) => Guard(path, () =>
        Resolve(path, follow: false) is { Current: { Node.Kind: FileKind.SymbolicLink } place } ? place.Mount.Link(place.Node) : null);

    /// <summary>What a directory holds, sorted by name in ordinal order, links not followed; empty where there is no directory.</summary>
    public IReadOnlyList<GuestFile> List(string path) => Guard(path, () =>
    {
        if (Resolve(path, follow: true) is not { Current: { Node.Kind: FileKind.Directory } place } walk)
        {
            return [];
        }

        var entries = place.Mount.List(place.Node);
        place.Mount.FileSystem.PrefetchNodes([.. entries.Select(entry => entry.NodeId).Where(id => !place.Mount.KnowsNode(id))]);
        var files = new List<GuestFile>(entries.Count);
        foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var realPath = GuestPath.Combine(walk.RealPath, entry.Name);
            var node = _mounts.At(realPath) is { IsAvailable: true } mounted ? mounted.Root : place.Mount.Node(entry.NodeId);
            files.Add(Describe(GuestPath.Combine(path, entry.Name), realPath, node));
        }

        var hidden = _mounts.NamesIn(walk.RealPath).Except(entries.Select(entry => entry.Name)).ToList();
        return hidden.Count == 0 ? files : [.. files.Concat(hidden.Select(name => Find(GuestPath.Combine(path, name))).OfType<GuestFile>()).OrderBy(file => file.Name, StringComparer.Ordinal)];
    });

    /// <summary>The names in a directory, sorted in ordinal order; empty where there is no directory. Reads no inodes.</summary>
    public IReadOnlyList<string> Names(string path) => Guard(path, () =>
        Resolve(path, follow: true) is { Current: { Node.Kind: FileKind.Directory } place } walk
            ? [.. place.Mount.List(place.Node).Select(entry => entry.Name).Union(_mounts.NamesIn(walk.RealPath)).Order(StringComparer.Ordinal)]
            : Array.Empty<string>());

    /// <summary>Existing paths that match a pattern with <c>*</c> and <c>?</c> in any component, in ordinal order.</summary>
    public IReadOnlyList<string> Glob(string pattern)
    {
        var found = new List<string> { "" };
        foreach (var part in GuestPath.Split(pattern))
        {
            found = GuestPath.IsPattern(part)
                ? [.. found.SelectMany(parent => Names(parent + "/").Where(name => GuestPath.Matches(part, name)).Select(name => $"{parent}/{name}"))]
                : [.. found.Select(parent => $"{parent}/{part}")];
        }

        return [.. found.Where(Exists)];
    }

    /// <summary>Reads a whole regular file.</summary>
    /// <exception cref="InspectionException">Not there, not a regular file, larger than the limit, or unreadable.</exception>
    public byte[] ReadAllBytes(string path, int maximumBytes = DefaultMaximumBytes)
    {
        var (place, size) = OpenRegular(path);
        if (size > maximumBytes)
        {
            throw new InspectionException(InspectionError.FileTooLarge, path, $"expected at most {maximumBytes} bytes, found {size}");
        }

        return ReadStart(path, place, (int)size);
    }

    /// <summary>Reads the first bytes of a regular file: fewer where it is shorter.</summary>
    /// <exception cref="InspectionException">Not there, not a regular file, or unreadable.</exception>
    public byte[] ReadStart(string path, int length)
    {
        var (place, size) = OpenRegular(path);
        return ReadStart(path, place, (int)Math.Min(size, length));
    }

    /// <summary>Reads a text file as UTF-8; bytes that are not become U+FFFD.</summary>
    /// <exception cref="InspectionException">As <see cref="ReadAllBytes"/>.</exception>
    public string ReadText(string path, int maximumBytes = DefaultMaximumBytes)
    {
        var bytes = ReadAllBytes(path, maximumBytes).AsSpan();
        return Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
    }

    /// <summary>Opens a regular file of any size for reading here and there.</summary>
    /// <exception cref="InspectionException">Not there, not a regular file, or unreadable.</exception>
    public GuestContent Open(string path) => new(path, OpenRegular(path).Place);

    /// <summary>
    /// Says that these paths will be read soon. All are resolved together, level by level, so that the dependent round trips are those
    /// of the deepest one, and not their sum. A component may have <c>*</c> and <c>?</c>. Damage is ignored here and met again on reading.
    /// </summary>
    /// <param name="paths">Paths and patterns.</param>
    /// <param name="maximumBytes">At most so much of each file is fetched.</param>
    public void Prefetch(IEnumerable<string> paths, int maximumBytes = DefaultMaximumBytes) => _prefetcher.Run(paths, maximumBytes);

    /// <summary>A walk over everything from the root down.</summary>
    internal TreeWalk Walk(TreeWalkRules rules) => new(_mounts, rules);

    private PathWalk? Resolve(string path, bool follow)
    {
        var walk = new PathWalk(_mounts, path, follow);
        while (walk.Next is not null)
        {
            if (!walk.Step())
            {
                return null;
            }
        }

        return walk;
    }

    private (Place Place, long Size) OpenRegular(string path) => Guard(path, () =>
    {
        var place = Resolve(path, follow: true)?.Current
            ?? throw new InspectionException(InspectionError.FileNotFound, path, "expected a file, found nothing");
        return place.Node.Kind == FileKind.Regular
            ? (place, place.Node.Size)
            : throw new InspectionException(InspectionError.FileUnreadable, path, $"expected a regular file, found {place.Node.Kind}");
    });

    private static byte[] ReadStart(string path, Place place, int length) => Guard(path, () =>
    {
        var content = new byte[length];
        var read = place.Mount.FileSystem.Read(place.Node, 0, content);
        return read == length
            ? content
            : throw new InspectionException(InspectionError.FileUnreadable, path, $"expected {length} bytes, found {read}");
    });

    private static GuestFile Describe(string path, string realPath, FileNode node) =>
        new(path, realPath, node.Kind, node.Permissions, node.UserId, node.GroupId, node.Size, node.Modified);

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DiskImageException exception) when (FileSystemCache.IsDamage(exception))
        {
            throw new InspectionException(InspectionError.FileUnreadable, path, exception.Message, exception);
        }
    }
}
