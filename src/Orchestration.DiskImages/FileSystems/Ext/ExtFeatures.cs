namespace Orchestration.DiskImages.FileSystems.Ext;

/// <summary>Features that older drivers may ignore (s_feature_compat), those that matter here.</summary>
[Flags]
internal enum ExtCompatible : uint
{
    None = 0,
    HasJournal = 0x4,
    SparseSuper2 = 0x200,
    FastCommit = 0x400,
}

/// <summary>Features that a reader must know (s_feature_incompat). Names as e2fsprogs prints them, without hyphens.</summary>
[Flags]
internal enum ExtIncompatible : uint
{
    None = 0,
    Compression = 0x1,
    FileType = 0x2,
    Recover = 0x4,
    JournalDevice = 0x8,
    MetaBlockGroups = 0x10,
    Extents = 0x40,
    SixtyFourBit = 0x80,
    MultipleMountProtection = 0x100,
    FlexibleBlockGroups = 0x200,
    AttributeInodes = 0x400,
    DirectoryData = 0x1000,
    ChecksumSeed = 0x2000,
    LargeDirectory = 0x4000,
    InlineData = 0x8000,
    Encrypt = 0x10000,
    CaseFold = 0x20000,
}

/// <summary>Features that a writer must know (s_feature_ro_compat), those that change how structures are read.</summary>
[Flags]
internal enum ExtReadOnlyCompatible : uint
{
    None = 0,
    SparseSuper = 0x1,
    LargeFile = 0x2,
    BTreeDirectory = 0x4,
    HugeFile = 0x8,
    GroupDescriptorChecksum = 0x10,
    DirectoryLinkCount = 0x20,
    ExtraInodeSize = 0x40,
    BigAllocation = 0x200,
    MetadataChecksum = 0x400,
}

/// <summary>Inode flags (i_flags) that change how an inode is read.</summary>
[Flags]
internal enum ExtInodeFlags : uint
{
    None = 0,
    Encrypted = 0x800,
    Indexed = 0x1000,
    HugeFile = 0x40000,
    Extents = 0x80000,
    AttributeInode = 0x200000,
    InlineData = 0x10000000,
    CaseFold = 0x40000000,
}
