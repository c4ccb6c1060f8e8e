namespace Orchestration.Inspection.Files;

/// <summary>Which file system begins at which path of the guest.</summary>
internal sealed class MountTable
{
    private readonly Dictionary<string, FileSystemCache> _mounts = new(StringComparer.Ordinal);

    public MountTable(IEnumerable<GuestMount> mounts)
    {
        foreach (var mount in mounts)
        {
            // As with stacked mounts in a kernel, the last one at a path is the one that is seen.
            _mounts[GuestPath.Normalize(mount.MountPoint)] = new FileSystemCache(mount);
        }

        if (!_mounts.TryGetValue("/", out var root) || !root.IsAvailable)
        {
            throw new ArgumentException("A guest tree needs a readable file system at /.", nameof(mounts));
        }

        Root = new Place(root, root.Root);
    }

    public Place Root { get; }

    public FileSystemCache? At(string path) => _mounts.GetValueOrDefault(path);

    /// <summary>Names of readable mount points in a directory, which need not be there without the mount: systemd makes them.</summary>
    public IEnumerable<string> NamesIn(string directory) =>
        from mount in _mounts
        where mount.Key != "/" && mount.Value.IsAvailable && GuestPath.Parent(mount.Key) == directory
        select GuestPath.Name(mount.Key);
}
