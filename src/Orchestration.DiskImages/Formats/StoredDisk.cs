using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats;

/// <summary>An image as its format's reader opened it.</summary>
/// <param name="Content">The virtual disk.</param>
/// <param name="Identity">What images that rest on it know it by, and that changes with its content; null where the format has nothing such.</param>
internal sealed record StoredDisk(IByteSource Content, string? Identity)
{
    /// <summary>The disks after the first, of an image that holds several.</summary>
    public IReadOnlyList<IByteSource> OtherDisks { get; init; } = [];

    /// <summary>Earlier states of the disk that the image keeps.</summary>
    public IReadOnlyList<ImageSnapshot> Snapshots { get; init; } = [];
}

/// <summary>What an image says of the image that it rests on.</summary>
/// <param name="Name">Name of the file, as stored or as the format's rules make it.</param>
/// <param name="Format">Its format; null where the image does not record it.</param>
/// <param name="Identities">It must have one of these <see cref="StoredDisk.Identity"/>; empty where any will do.</param>
internal sealed record ParentReference(string Name, string? Format, IReadOnlyList<string> Identities);
