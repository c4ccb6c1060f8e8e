using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Mapping;

namespace Orchestration.Inspection;

/// <summary>
/// A guest: its files, and what is known of it. Facts are computed when first asked for, once; safe for concurrent use.
/// </summary>
public sealed class Guest
{
    /// <param name="files">The guest's files.</param>
    /// <param name="map">Where they lie.</param>
    public Guest(GuestTree files, GuestMap map)
    {
        Files = files;
        Map = map;
    }

    public GuestMap Map { get; }

    public GuestTree Files { get; }

    /// <summary>Opens the guest that <paramref name="map"/> describes, without detecting anything again.</summary>
    /// <exception cref="InspectionException"><see cref="InspectionError.MapMismatch"/>: the map is not of this image.</exception>
    public static Guest Open(DiskImage image, GuestMap map)
    {
        if (image.Content.Length != map.Disk.VirtualSizeBytes)
        {
            throw Mismatch($"a disk of {map.Disk.VirtualSizeBytes} bytes", $"{image.Content.Length} bytes");
        }

        var opened = new Dictionary<string, IFileSystem>(StringComparer.Ordinal);
        IFileSystem OpenDevice(string device)
        {
            if (!opened.TryGetValue(device, out var fileSystem))
            {
                opened[device] = fileSystem = OpenFileSystem(image, map, device);
            }

            return fileSystem;
        }

        var mounts = from mount in map.Mounts
                     where mount.State != MountState.Listed
                     select mount is { State: MountState.Mounted, Device: { } device }
                         ? new GuestMount(mount.MountPoint, OpenDevice(device))
                         : new GuestMount(mount.MountPoint, null, mount.Reason);
        return new Guest(new GuestTree(mounts), map);
    }

    private static IFileSystem OpenFileSystem(DiskImage image, GuestMap map, string device)
    {
        var partition = map.Partitions.FirstOrDefault(candidate => candidate.Device == device)
            ?? throw Mismatch($"a partition {device}", "none in the map");
        var expected = map.FileSystems.FirstOrDefault(candidate => candidate.Device == device);
        var fileSystem = FileSystemDetector.Open(new VolumeSource(image.Content, partition.OffsetBytes, partition.LengthBytes));
        return fileSystem.Identity.Type == expected?.Type && fileSystem.Identity.Uuid == expected.Uuid
            ? fileSystem
            : throw Mismatch($"{expected?.Type} {expected?.Uuid} on {device}", $"{fileSystem.Identity.Type} {fileSystem.Identity.Uuid}");
    }

    private static InspectionException Mismatch(string expected, string found) =>
        new(InspectionError.MapMismatch, null, $"the map is of another image: expected {expected}, found {found}");
}
