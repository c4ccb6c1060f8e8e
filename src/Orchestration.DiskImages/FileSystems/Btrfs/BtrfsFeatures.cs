namespace Orchestration.DiskImages.FileSystems.Btrfs;

/// <summary>Features that a reader must know (incompat_flags).</summary>
[Flags]
internal enum BtrfsIncompatible : ulong
{
    None = 0,
    MixedBackReferences = 0x1,
    DefaultSubvolume = 0x2,
    MixedGroups = 0x4,
    CompressLzo = 0x8,
    CompressZstd = 0x10,
    BigMetadata = 0x20,
    ExtendedInodeReferences = 0x40,
    Raid56 = 0x80,
    SkinnyMetadata = 0x100,
    NoHoles = 0x200,
    MetadataUuid = 0x400,
    Raid1C34 = 0x800,
    Zoned = 0x1000,
    ExtentTreeV2 = 0x2000,
    RaidStripeTree = 0x4000,
    SimpleQuota = 0x10000,
    RemapTree = 0x20000,
}

/// <summary>How the blocks of a chunk are spread over devices (BTRFS_BLOCK_GROUP_*).</summary>
[Flags]
internal enum ChunkProfile : ulong
{
    Single = 0,
    Raid0 = 0x8,
    Raid1 = 0x10,
    Duplicate = 0x20,
    Raid10 = 0x40,
    Raid5 = 0x80,
    Raid6 = 0x100,
    Raid1C3 = 0x200,
    Raid1C4 = 0x400,
    All = 0x7f8,
}

/// <summary>What an item of a tree is (the type in its key).</summary>
internal enum ItemType : byte
{
    Inode = 1,
    InodeReference = 12,
    ExtendedInodeReference = 13,
    Attribute = 24,
    DirectoryLogIndex = 72,
    DirectoryItem = 84,
    DirectoryIndex = 96,
    FileExtent = 108,
    DataChecksum = 128,
    Root = 132,
    RootReference = 156,
    Chunk = 228,
}

/// <summary>The key of an item: what orders it in its tree.</summary>
internal readonly record struct BtrfsKey(ulong Object, ItemType Type, ulong Offset) : IComparable<BtrfsKey>
{
    public const int Length = 17;

    public static readonly BtrfsKey Last = new(ulong.MaxValue, (ItemType)byte.MaxValue, ulong.MaxValue);

    public int CompareTo(BtrfsKey other) => (Object, Type, Offset).CompareTo((other.Object, other.Type, other.Offset));

    public static bool operator <(BtrfsKey left, BtrfsKey right) => left.CompareTo(right) < 0;

    public static bool operator >(BtrfsKey left, BtrfsKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(BtrfsKey left, BtrfsKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(BtrfsKey left, BtrfsKey right) => left.CompareTo(right) >= 0;
}
