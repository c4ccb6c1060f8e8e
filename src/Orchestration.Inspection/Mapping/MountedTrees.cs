using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Files.Layers;

namespace Orchestration.Inspection.Mapping;

/// <summary>From what a map says of a mount to the files that are seen there.</summary>
internal static class MountedTrees
{
    /// <param name="mounts">Those that are only listed are passed over.</param>
    /// <param name="open">The file system of a device.</param>
    /// <exception cref="InspectionException"><see cref="InspectionError.MapMismatch"/>: a subvolume or directory is not there.</exception>
    public static IEnumerable<GuestMount> Open(IEnumerable<MountMap> mounts, Func<string, IFileSystem> open) =>
        from mount in mounts
        where mount.State != MountState.Listed
        select mount.State == MountState.Mounted
            ? new GuestMount(mount.MountPoint, Open(mount, open))
            : new GuestMount(mount.MountPoint, null, mount.Reason);

    private static IFileSystem Open(MountMap mount, Func<string, IFileSystem> open)
    {
        if (mount.Device is not { } device)
        {
            return new EmptyFileSystem();
        }

        var top = OpenLayer(new LayerMap(device, mount.Subvolume, mount.Directory), open);
        return mount.Below.Count == 0 ? top : new OverlayFileSystem([top, .. mount.Below.Select(layer => OpenLayer(layer, open))]);
    }

    private static IFileSystem OpenLayer(LayerMap layer, Func<string, IFileSystem> open)
    {
        var fileSystem = (open(layer.Device), layer.Subvolume) switch
        {
            (var whole, null) => whole,
            (ISubvolumes subvolumes, { } path) => subvolumes.OpenSubvolume(path),
            (var other, { } path) => throw Mismatch($"a subvolume {path} on {layer.Device}", other.Identity.Type),
        };
        return layer.Directory is null
            ? fileSystem
            : SubtreeFileSystem.Open(fileSystem, layer.Directory) ?? throw Mismatch($"a directory {layer.Directory} on {layer.Device}", "none");
    }

    internal static InspectionException Mismatch(string expected, string found) =>
        new(InspectionError.MapMismatch, null, $"the map is of another image: expected {expected}, found {found}");
}
