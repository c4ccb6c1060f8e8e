namespace Orchestration.DiskImages.FileSystems.Xfs;

/// <summary>Bits of the version number beside its low nibble (sb_versionnum) that change how structures are read.</summary>
[Flags]
internal enum XfsVersionFlags
{
    None = 0,
    DirectoryVersion2 = 0x2000,
    CaseInsensitive = 0x4000,
    MoreBits = 0x8000,
}

/// <summary>Features of version 4 (sb_features2) that change how structures are read.</summary>
[Flags]
internal enum XfsFeatures2 : uint
{
    None = 0,
    FileType = 0x200,
}

/// <summary>Features that a reader must know (sb_features_incompat).</summary>
[Flags]
internal enum XfsIncompatible : uint
{
    None = 0,
    FileType = 0x1,
    SparseInodes = 0x2,
    MetadataUuid = 0x4,
    BigTime = 0x8,
    NeedsRepair = 0x10,
    LargeExtentCounts = 0x20,
    ExchangeRange = 0x40,
    ParentPointers = 0x80,
    MetadataDirectory = 0x100,
    Zoned = 0x200,
    ZoneGaps = 0x400,
}

/// <summary>Inode flags (di_flags) that change how an inode is read.</summary>
[Flags]
internal enum XfsInodeFlags
{
    None = 0,
    RealTime = 0x1,
}

/// <summary>Inode flags of version 3 (di_flags2) that change how an inode is read.</summary>
[Flags]
internal enum XfsInodeFlags2 : ulong
{
    None = 0,
    BigTime = 0x8,
    LargeExtentCounts = 0x10,
    Metadata = 0x20,
}
