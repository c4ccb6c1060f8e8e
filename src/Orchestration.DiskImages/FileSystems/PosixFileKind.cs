namespace Orchestration.DiskImages.FileSystems;

/// <summary>What an object is, as POSIX file systems store it.</summary>
internal static class PosixFileKind
{
    private static readonly FileKind[] EntryTypes =
    [
        FileKind.Unknown, FileKind.Regular, FileKind.Directory, FileKind.CharacterDevice, FileKind.BlockDevice,
        FileKind.NamedPipe, FileKind.Socket, FileKind.SymbolicLink,
    ];

    /// <summary>By the upper four bits of a mode (S_IFMT).</summary>
    public static FileKind FromMode(int mode) => (mode & 0xf000) switch
    {
        0x1000 => FileKind.NamedPipe,
        0x2000 => FileKind.CharacterDevice,
        0x4000 => FileKind.Directory,
        0x6000 => FileKind.BlockDevice,
        0x8000 => FileKind.Regular,
        0xa000 => FileKind.SymbolicLink,
        0xc000 => FileKind.Socket,
        _ => FileKind.Unknown,
    };

    /// <summary>The type byte of a directory entry.</summary>
    public static byte ToEntryType(FileKind kind) => (byte)Array.IndexOf(EntryTypes, kind);

    /// <summary>By the type byte of a directory entry, which ext, XFS and btrfs number alike.</summary>
    public static FileKind FromEntryType(byte type) => type < EntryTypes.Length ? EntryTypes[type] : FileKind.Unknown;
}
