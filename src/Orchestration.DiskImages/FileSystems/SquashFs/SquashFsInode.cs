namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>An inode, with what only some kinds have.</summary>
/// <param name="Reference">Where it is; see <see cref="SquashFsSuperblock.RootInode"/>.</param>
/// <param name="Number">Its number, which is the same for all names of a file.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Permissions">The low twelve bits of the mode.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
/// <param name="ModifiedSeconds">Seconds since 1970.</param>
/// <param name="LinkCount">Number of names.</param>
/// <param name="Size">Bytes of a file or of the target of a link; of a directory the stored bytes and three.</param>
/// <param name="Start">Of a file where its first block lies on the volume; of a directory where its entries begin, from the start of their table.</param>
/// <param name="Offset">Of a file where its tail is in its fragment; of a directory where its entries begin in their block.</param>
/// <param name="Fragment">Of a file the number of the fragment with its tail; null where it has none.</param>
/// <param name="Attributes">Number of its set of extended attributes; null where it has none.</param>
/// <param name="At">Where the block lies on the volume that it begins in, for messages.</param>
/// <param name="Rest">Where what follows it begins: the sizes of blocks of a file, the target of a link.</param>
internal sealed record SquashFsInode(
    ulong Reference,
    uint Number,
    FileKind Kind,
    int Permissions,
    uint UserId,
    uint GroupId,
    uint ModifiedSeconds,
    uint LinkCount,
    long Size,
    long Start,
    int Offset,
    uint? Fragment,
    uint? Attributes,
    long At,
    (long Block, int Offset) Rest)
{
    public FileNode ToNode()
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(ModifiedSeconds);
        return new FileNode(Reference, Kind, Permissions, UserId, GroupId, Size, LinkCount, time, time);
    }
}
