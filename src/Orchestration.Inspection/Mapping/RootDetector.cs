using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Windows;

namespace Orchestration.Inspection.Mapping;

/// <summary>Recognises the root file system of an installation by what must be in it. A container's root has no kernel and no fstab.</summary>
internal static class RootDetector
{
    private static readonly string[] Markers = ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/etc/alpine-release", "/etc/NIXOS", "/etc/fstab", "/etc/hosts", "/etc/passwd"];

    private static readonly string[] Programs = ["/bin", "/usr", "/nix/store"];

    public static bool IsRoot(IFileSystem fileSystem)
    {
        var tree = new GuestTree([new GuestMount("/", fileSystem)]);

        // What says where a root mounts the rest is read next: asked for here, it costs no round trips of its own.
        tree.Prefetch([.. Programs, .. WindowsRegistry.HivePaths.Select(GuestPath.Parent), .. Markers, .. MountConfiguration.Paths], FactReader.MaximumConfigurationBytes);

        // Links are not followed: on a merged /usr, /bin leads to another file system where /usr is one of its own.
        return WindowsRegistry.HivePaths.Any(hive => Exists(tree, hive)) || (Exists(tree, "/etc") && Programs.Any(program => Exists(tree, program)) && Markers.Any(marker => Exists(tree, marker)));
    }

    private static bool Exists(GuestTree tree, string path)
    {
        try
        {
            return tree.Find(path, follow: false) is not null;
        }
        catch (InspectionException)
        {
            return false;
        }
    }
}
