namespace Orchestration.DiskImages.FileSystems;

/// <summary>
/// A file system, read-only, addressed by node (inode) rather than by path: paths, symbolic links and mounts are the business of the
/// guest tree above. Safe for concurrent use. Every member throws <see cref="DiskImageException"/> for damaged structures.
/// </summary>
public interface IFileSystem
{
    FileSystemIdentity Identity { get; }

    /// <summary>Damage and oddities met so far that did not prevent reading, each in a sentence.</summary>
    IReadOnlyList<string> Warnings { get; }

    FileNode Root { get; }

    /// <summary>The node of an entry that <see cref="ReadDirectory"/> or <see cref="Lookup"/> gave.</summary>
    FileNode GetNode(ulong id);

    /// <summary>All entries of a directory but <c>.</c> and <c>..</c>, in the order in which they are stored.</summary>
    IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory);

    /// <summary>The entry of that name, compared as this file system compares names; null where there is none.</summary>
    DirectoryEntry? Lookup(FileNode directory, string name);

    /// <summary>The target of a symbolic link as it is stored.</summary>
    string ReadLink(FileNode link);

    /// <summary>
    /// Reads up to <paramref name="buffer"/>'s length from a regular file. Holes read as zeros.
    /// </summary>
    /// <returns>The number of bytes read: less than asked for only at the end of the file.</returns>
    int Read(FileNode file, long offset, Span<byte> buffer);

    /// <summary>Extended attributes by full name (<c>security.selinux</c>, <c>security.capability</c>, …).</summary>
    IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node);

    /// <summary>Says that these nodes will be asked for soon, so that their inodes are fetched in one round trip.</summary>
    void PrefetchNodes(IReadOnlyCollection<ulong> ids);

    /// <summary>
    /// Says that the contents of these nodes (directories, files, long symbolic links) will be read soon, so that they are fetched
    /// together in as few round trips as their mapping needs. At most <paramref name="maximumBytes"/> of each.
    /// </summary>
    void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue);
}

/// <summary>What a volume holds, by its signature.</summary>
/// <param name="Type">The name that blkid uses: <c>ext4</c>, <c>xfs</c>, <c>btrfs</c>, <c>vfat</c>, <c>swap</c>, <c>LVM2_member</c>, <c>crypto_LUKS</c>, …</param>
/// <param name="Uuid">As blkid prints it: lower case with hyphens for most; null where there is none.</param>
/// <param name="Label">Volume label; null where empty.</param>
/// <param name="SizeBytes">Size that the superblock claims; null where the signature has none.</param>
public sealed record FileSystemIdentity(string Type, string? Uuid, string? Label, long? SizeBytes)
{
    /// <summary>
    /// Bytes that the superblock says are free; null where it does not say. Where the file system was not unmounted the figure is as old as the
    /// superblock, and for btrfs it counts the bytes of all devices, of which mirrored data takes more than one.
    /// </summary>
    public long? FreeBytes { get; init; }
}

public enum FileKind
{
    Unknown,
    Regular,
    Directory,
    SymbolicLink,
    BlockDevice,
    CharacterDevice,
    NamedPipe,
    Socket,
}

/// <param name="Name">Decoded as UTF-8; bytes that are not UTF-8 become U+FFFD.</param>
/// <param name="NodeId">For <see cref="IFileSystem.GetNode"/>.</param>
/// <param name="Kind">As the directory says it; <see cref="FileKind.Unknown"/> where it does not.</param>
public sealed record DirectoryEntry(string Name, ulong NodeId, FileKind Kind);

/// <summary>A file, directory or other object: the contents of its inode.</summary>
/// <param name="Id">Inode number.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Permissions">The low twelve bits of the mode: set-uid, set-gid, sticky, rwxrwxrwx.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="LinkCount">Number of names.</param>
/// <param name="Modified">Time of the last change of the content, in UTC.</param>
/// <param name="Changed">Time of the last change of the inode, in UTC.</param>
public sealed record FileNode(
    ulong Id,
    FileKind Kind,
    int Permissions,
    uint UserId,
    uint GroupId,
    long Size,
    uint LinkCount,
    DateTimeOffset Modified,
    DateTimeOffset Changed);
