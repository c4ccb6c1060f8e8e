namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>A file: its records one after the other, each of which holds a part of the content. The first says the rest.</summary>
internal sealed record IsoFile(IReadOnlyList<DirectoryRecord> Parts)
{
    public DirectoryRecord Record => Parts[0];

    /// <summary>Bytes stored.</summary>
    public long Size => Parts.Sum(part => part.Size);
}
