namespace Orchestration.Inspection.Mapping;

/// <summary>What the attribute bits of a GPT partition say of starting and mounting it.</summary>
/// <param name="Bits">As they are stored.</param>
internal readonly record struct PartitionAttributes(ulong Bits)
{
    /// <summary>Not mounted by its type (Discoverable Partitions Specification).</summary>
    public bool IsNotAutomatic => (Bits >> 63 & 1) != 0;

    /// <summary>Where several can start, the highest does; zero never does (Chromium OS disk format, which Container Linux shares).</summary>
    public int Priority => (int)(Bits >> 48 & 0xF);

    public int TriesLeft => (int)(Bits >> 52 & 0xF);

    /// <summary>It was started before and worked.</summary>
    public bool IsSuccessful => (Bits >> 56 & 1) != 0;
}
