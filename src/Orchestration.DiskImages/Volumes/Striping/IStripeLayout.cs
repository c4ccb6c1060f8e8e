namespace Orchestration.DiskImages.Volumes.Striping;

/// <summary>How the bytes of a volume are spread over its members. Immutable.</summary>
internal interface IStripeLayout
{
    /// <summary>Bytes of the volume.</summary>
    long Length { get; }

    /// <summary>Where the byte at <paramref name="offset"/> of the volume lies, and how many from there on lie behind it.</summary>
    MemberRun Locate(long offset);
}

/// <param name="Member">Number of the member, from zero.</param>
/// <param name="Offset">First byte on the member.</param>
/// <param name="Length">Bytes, at least one.</param>
internal readonly record struct MemberRun(int Member, long Offset, long Length);
