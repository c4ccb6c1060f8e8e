using System.Collections.Concurrent;
using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;

namespace Orchestration.Inspection.Files;

/// <summary>
/// One mounted file system with what has been learned of it, so that a directory is searched and an inode decoded once however many
/// paths lead through them. Safe for concurrent use.
/// </summary>
internal sealed class FileSystemCache(GuestMount mount)
{
    // Listing a directory loads every inode in it: a hostile one must not fill the memory.
    private const int MaximumEntries = 100_000;

    // Windows' own file systems find a name whatever its case.
    private readonly StringComparison _nameComparison =
        mount.FileSystem?.Identity.Type is "ntfs" or "vfat" or "exfat" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private readonly ConcurrentDictionary<ulong, FileNode> _nodes = new();
    private readonly ConcurrentDictionary<ulong, IReadOnlyList<DirectoryEntry>> _directories = new();
    private readonly ConcurrentDictionary<(ulong Directory, string Name), DirectoryEntry?> _entries = new();
    private readonly ConcurrentDictionary<ulong, string> _links = new();

    public string MountPoint => mount.MountPoint;

    /// <exception cref="InspectionException">The guest mounts a file system here that cannot be read.</exception>
    public IFileSystem FileSystem => mount.FileSystem ?? throw new InspectionException(
        InspectionError.FileUnreadable,
        mount.MountPoint,
        $"the file system mounted here cannot be read: {mount.UnavailableReason ?? "no reason recorded"}");

    public bool IsAvailable => mount.FileSystem is not null;

    public FileNode Root => FileSystem.Root;

    public FileNode Node(ulong id) => _nodes.GetOrAdd(id, static (key, fileSystem) => fileSystem.GetNode(key), FileSystem);

    public DirectoryEntry? Lookup(FileNode directory, string name) =>
        _directories.TryGetValue(directory.Id, out var entries)
            ? entries.FirstOrDefault(entry => entry.Name.Equals(name, _nameComparison))
            : _entries.GetOrAdd((directory.Id, name), key => FileSystem.Lookup(directory, key.Name));

    /// <exception cref="DiskImageException">Damage, or more entries than a directory of a sane guest has.</exception>
    public IReadOnlyList<DirectoryEntry> List(FileNode directory) => _directories.GetOrAdd(directory.Id, _ =>
    {
        var entries = FileSystem.ReadDirectory(directory);
        return entries.Count <= MaximumEntries
            ? entries
            : throw new DiskImageException(
                DiskImageError.LimitExceeded, "directory", null, $"expected at most {MaximumEntries} entries, found {entries.Count}");
    });

    public string Link(FileNode link) => _links.GetOrAdd(link.Id, _ => FileSystem.ReadLink(link));

    public bool KnowsNode(ulong id) => _nodes.ContainsKey(id);

    public bool KnowsEntry(FileNode directory, string name) =>
        _directories.ContainsKey(directory.Id) || _entries.ContainsKey((directory.Id, name));

    public bool KnowsDirectory(FileNode directory) => _directories.ContainsKey(directory.Id);

    public bool KnowsLink(FileNode link) => _links.ContainsKey(link.Id);

    /// <summary>Whether a failure lies in this guest's data, as opposed to storage that could not be reached.</summary>
    public static bool IsDamage(DiskImageException exception) =>
        exception.Error is not (DiskImageError.Unavailable or DiskImageError.Changed);
}
