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
    private readonly StringComparer _nameComparison =
        mount.FileSystem?.Identity.Type is "ntfs" or "vfat" or "exfat" ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private readonly ConcurrentDictionary<ulong, FileNode> _nodes = new();
    private readonly ConcurrentDictionary<ulong, Listing> _directories = new();
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
        _directories.TryGetValue(directory.Id, out var listing)
            ? listing.ByName.GetValueOrDefault(name)
            : _entries.GetOrAdd((directory.Id, name), key => FileSystem.Lookup(directory, key.Name));

    /// <exception cref="DiskImageException">Damage, or more entries than a directory of a sane guest has.</exception>
    public IReadOnlyList<DirectoryEntry> List(FileNode directory) => _directories.GetOrAdd(directory.Id, _ =>
    {
        var entries = FileSystem.ReadDirectory(directory);
        return entries.Count <= MaximumEntries
            ? new Listing(entries, _nameComparison)
            : throw new DiskImageException(
                DiskImageError.LimitExceeded, "directory", null, $"expected at most {MaximumEntries} entries, found {entries.Count}");
    }).Entries;

    public string Link(FileNode link) => _links.GetOrAdd(link.Id, _ => FileSystem.ReadLink(link));

    public bool KnowsNode(ulong id) => _nodes.ContainsKey(id);

    public bool KnowsEntry(FileNode directory, string name) =>
        _directories.ContainsKey(directory.Id) || _entries.ContainsKey((directory.Id, name));

    public bool KnowsDirectory(FileNode directory) => _directories.ContainsKey(directory.Id);

    public bool KnowsLink(FileNode link) => _links.ContainsKey(link.Id);

    /// <summary>Whether a failure lies in this guest's data, as opposed to storage that could not be reached.</summary>
    public static bool IsDamage(DiskImageException exception) =>
        exception.Error is not (DiskImageError.Unavailable or DiskImageError.Changed);

    /// <summary>The entries of a directory, and by name, so that looking for each of them takes no time that grows with their number.</summary>
    private sealed class Listing(IReadOnlyList<DirectoryEntry> entries, StringComparer comparison)
    {
        private readonly Lazy<Dictionary<string, DirectoryEntry>> _byName = new(() =>
        {
            var byName = new Dictionary<string, DirectoryEntry>(entries.Count, comparison);
            foreach (var entry in entries)
            {
                byName.TryAdd(entry.Name, entry);
            }

            return byName;
        });

        public IReadOnlyList<DirectoryEntry> Entries => entries;

        public Dictionary<string, DirectoryEntry> ByName => _byName.Value;
    }
}
