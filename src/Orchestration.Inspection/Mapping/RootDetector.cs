using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Mapping;

/// <summary>Recognises the root file system of a Linux installation by what must be in it.</summary>
internal static class RootDetector
{
    private static readonly string[] Markers = ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/etc/fstab", "/etc/hosts"];

    public static bool IsRoot(IFileSystem fileSystem)
    {
        var tree = new GuestTree([new GuestMount("/", fileSystem)]);

        // What says where a root mounts the rest is read next: asked for here, it costs no round trips of its own.
        tree.Prefetch(["/bin", "/usr", .. Markers, .. MountConfiguration.Paths], FactReader.MaximumConfigurationBytes);

        // Links are not followed: on a merged /usr, /bin leads to another file system where /usr is one of its own.
        return Exists(tree, "/etc") && (Exists(tree, "/bin") || Exists(tree, "/usr")) && Markers.Any(marker => Exists(tree, marker));
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
