using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Windows;

namespace Orchestration.Inspection.Mapping.Layouts;

/// <summary>What part of an operating system a file system holds.</summary>
internal enum SystemPart
{
    None,

    /// <summary>The root as the running system sees it, though <c>/usr</c> and others may be mounted over it.</summary>
    Root,

    /// <summary>What a root mounts at <c>/usr</c>, with the release file in it.</summary>
    User,

    /// <summary>OSTree's repository and deployments, one of which becomes the root.</summary>
    Deployments,
}

/// <summary>Recognises what belongs to an installation by what must be in it. A container's root has no kernel and no fstab.</summary>
internal static class RootDetector
{
    private static readonly string[] Markers = ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/etc/alpine-release", "/etc/NIXOS", "/etc/fstab", "/etc/hosts", "/etc/passwd"];

    private static readonly string[] Programs = ["/bin", "/usr", "/nix/store"];

    private static readonly string[] UserMarkers = ["/lib/os-release", "/share", "/bin"];

    private static readonly string[] DeploymentMarkers = [OsTreeDeployments.Directory, "/ostree/repo"];

    public static SystemPart Detect(IFileSystem fileSystem)
    {
        var tree = new GuestTree([new GuestMount("/", fileSystem)]);

        // What says where a root mounts the rest is read next: asked for here, it costs no round trips of its own.
        tree.Prefetch(
            [.. Programs, .. WindowsRegistry.HivePaths.Select(GuestPath.Parent), .. Markers, .. UserMarkers, .. DeploymentMarkers, .. MountConfiguration.Paths],
            FactReader.MaximumConfigurationBytes);

        // Links are not followed: on a merged /usr, /bin leads to another file system where /usr is one of its own.
        bool Exists(string path) => Find(tree, path) is not null;
        return WindowsRegistry.HivePaths.Any(Exists) || (Exists("/etc") && Programs.Any(Exists) && Markers.Any(Exists)) ? SystemPart.Root
            : DeploymentMarkers.All(Exists) ? SystemPart.Deployments
            : UserMarkers.All(Exists) && !Exists("/usr") ? SystemPart.User
            : SystemPart.None;
    }

    private static GuestFile? Find(GuestTree tree, string path)
    {
        try
        {
            return tree.Find(path, follow: false);
        }
        catch (InspectionException)
        {
            return null;
        }
    }
}
