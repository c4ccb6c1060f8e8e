namespace Orchestration.DiskImages.Formats;

/// <summary>An earlier state of the disk, kept inside the image.</summary>
/// <param name="Id">Short identifier, unique in the image.</param>
/// <param name="Name">What its maker called it.</param>
/// <param name="Taken">When, in UTC.</param>
/// <param name="VirtualSize">Bytes of the disk at that time.</param>
public sealed record ImageSnapshot(string Id, string Name, DateTimeOffset Taken, long VirtualSize);
