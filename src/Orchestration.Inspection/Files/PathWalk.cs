using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files;

/// <summary>An inode and the file system that it is on.</summary>
internal readonly record struct Place(FileSystemCache Mount, FileNode Node);

/// <summary>
/// The resolution of one path inside the guest, one name at a time, so that many can advance together. Symbolic links start again at
/// the guest's root and <c>..</c> stops there, so no path leads out of the guest.
/// </summary>
internal sealed class PathWalk
{
    /// <summary>As the kernel: more links than this in one path are a loop.</summary>
    private const int MaximumLinks = 40;

    private readonly MountTable _mounts;
    private readonly Stack<string> _remaining = new();
    private readonly List<(string Name, Place Place)> _trail;
    private readonly string _path;
    private readonly bool _followLast;
    private int _links;

    public PathWalk(MountTable mounts, string path, bool followLast = true)
    {
        _mounts = mounts;
        _path = path;
        _followLast = followLast;
        _trail = [("", mounts.Root)];
        Push(path);
        SkipParents();
    }

    private PathWalk(PathWalk other, string next)
    {
        (_mounts, _path, _followLast, _links) = (other._mounts, other._path, other._followLast, other._links);
        _trail = [.. other._trail];
        _remaining = new Stack<string>(other._remaining.Skip(1).Reverse());
        _remaining.Push(next);
    }

    /// <summary>Where the walk stands.</summary>
    public Place Current => _trail[^1].Place;

    /// <summary>The path walked so far, free of links.</summary>
    public string RealPath => _trail.Count == 1 ? "/" : string.Join('/', _trail.Select(step => step.Name));

    /// <summary>The next name to look up in <see cref="Current"/>; null at the end of the path.</summary>
    public string? Next => _remaining.TryPeek(out var name) ? name : null;

    /// <summary>This walk for one name that the wildcard <see cref="Next"/> matches.</summary>
    public PathWalk Expand(string name) => new(this, name);

    /// <summary>Looks up <see cref="Next"/> and steps to it.</summary>
    /// <returns>False where nothing is there.</returns>
    public bool Step()
    {
        var current = Current;
        var name = _remaining.Peek();
        if (current.Node.Kind != FileKind.Directory || Enter(current, name) is not { } place)
        {
            return false;
        }

        _remaining.Pop();
        if (place.Node.Kind == FileKind.SymbolicLink && (_followLast || _remaining.Count > 0))
        {
            Follow(place);
        }
        else
        {
            _trail.Add((name, place));
        }

        SkipParents();
        return true;
    }

    private Place? Enter(Place directory, string name)
    {
        if (_mounts.At(GuestPath.Combine(RealPath, name)) is { } mounted)
        {
            return new Place(mounted, mounted.Root);
        }

        return directory.Mount.Lookup(directory.Node, name) is { } entry ? new Place(directory.Mount, directory.Mount.Node(entry.NodeId)) : null;
    }

    private void Follow(Place link)
    {
        if (++_links > MaximumLinks)
        {
            throw new InspectionException(
                InspectionError.FileUnreadable, _path, $"expected at most {MaximumLinks} symbolic links, found more: a loop");
        }

        var target = link.Mount.Link(link.Node);
        if (target.StartsWith('/'))
        {
            _trail.RemoveRange(1, _trail.Count - 1);
        }

        Push(target);
    }

    private void Push(string path)
    {
        foreach (var name in GuestPath.Split(path).Reverse())
        {
            _remaining.Push(name);
        }
    }

    private void SkipParents()
    {
        while (_remaining.TryPeek(out var name) && name == "..")
        {
            _remaining.Pop();
            if (_trail.Count > 1)
            {
                _trail.RemoveAt(_trail.Count - 1);
            }
        }
    }
}
