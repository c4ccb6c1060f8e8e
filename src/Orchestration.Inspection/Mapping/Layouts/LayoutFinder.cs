using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Mapping.Layouts;

/// <summary>Every operating system on a disk: installations, pairs of <c>/usr</c> with the root that they share, deployments of OSTree.</summary>
internal static class LayoutFinder
{
    /// <summary>What Container Linux and its descendants lay under <c>/etc</c>.</summary>
    private const string ContainerLinuxDefaults = "/share/flatcar/etc";

    /// <summary>What a start of NixOS links into <c>/etc</c>.</summary>
    private const string NixConfiguration = "/nix/var/nix/profiles/system/etc";

    public static IReadOnlyList<SystemLayout> Find(DiskContents disk)
    {
        var users = disk.With(SystemPart.User).ToList();
        var roots = disk.With(SystemPart.Root).ToList();
        var layouts = new List<SystemLayout>();
        foreach (var root in roots)
        {
            layouts.AddRange(users.Count > 0 && IsBare(disk, root) ? users.Select(user => Join(disk, root, user)) : [DescribeRoot(disk, root)]);
        }

        layouts.AddRange(disk.With(SystemPart.Deployments).SelectMany(item => OsTreeDeployments.Find(disk, item)));
        if (layouts.Count == 0 && users.Count > 0)
        {
            var root = FindRootPartition(disk);
            layouts.AddRange(users.Select(user => Join(disk, root, user)));
        }

        return layouts;
    }

    /// <summary>A NixOS that never started has an empty <c>/etc</c>: what it would find there shows through.</summary>
    private static SystemLayout DescribeRoot(DiskContents disk, OpenedFileSystem root)
    {
        var reader = new FactReader(disk.Assemble([SystemLayout.Mount("/", root)]));
        var mount = SystemLayout.Mount("/", root);
        return reader.Find("/nix", follow: false) is not null && !reader.Exists("/etc/static") && reader.Find(NixConfiguration) is { IsDirectory: true } configuration
            ? new SystemLayout(mount, [SystemLayout.Mount("/etc", root, "/etc") with { Below = [new LayerMap(root.Map.Device, root.Subvolume, configuration.RealPath)] }], root.Map.Device)
            : new SystemLayout(mount, [], root.Map.Device);
    }

    /// <summary>A root that neither has programs of its own nor says where they are.</summary>
    private static bool IsBare(DiskContents disk, OpenedFileSystem root)
    {
        var tree = disk.Assemble([SystemLayout.Mount("/", root)]);
        try
        {
            return !tree.Exists("/usr/bin") && !tree.Exists("/usr/lib/os-release")
                && MountConfiguration.Read(new FactReader(tree)).All(entry => GuestPath.Normalize(entry.MountPoint) != "/usr");
        }
        catch (InspectionException)
        {
            return false;
        }
    }

    /// <summary>The file system that the first start would fill.</summary>
    private static OpenedFileSystem? FindRootPartition(DiskContents disk)
    {
        var candidates = disk.With(SystemPart.None).ToList();
        return candidates.Find(item => disk.RoleOf(item.Map.Device) is PartitionRole.Root or PartitionRole.ContainerLinuxRoot)
            ?? candidates.Find(item => "ROOT".Equals(item.Map.Label, StringComparison.OrdinalIgnoreCase));
    }

    private static SystemLayout Join(DiskContents disk, OpenedFileSystem? root, OpenedFileSystem user)
    {
        var mounts = new List<MountMap> { SystemLayout.Mount("/usr", user) };
        if (HasDirectory(disk, user, ContainerLinuxDefaults))
        {
            var defaults = SystemLayout.Mount("/etc", user, ContainerLinuxDefaults);
            mounts.Add(root is not null && HasDirectory(disk, root, "/etc")
                ? SystemLayout.Mount("/etc", root, "/etc") with { Below = [new LayerMap(user.Map.Device, user.Subvolume, ContainerLinuxDefaults)] }
                : defaults);
        }

        return new SystemLayout(
            root is null ? new MountMap("/", "tmpfs", null, "tmpfs", [], MountState.Mounted, null, null, null) : SystemLayout.Mount("/", root),
            mounts,
            user.Map.Device);
    }

    private static bool HasDirectory(DiskContents disk, OpenedFileSystem item, string path)
    {
        try
        {
            return disk.Assemble([SystemLayout.Mount("/", item)]).Find(path, follow: false) is { IsDirectory: true };
        }
        catch (InspectionException)
        {
            return false;
        }
    }
}
