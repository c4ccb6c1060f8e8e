namespace Orchestration.Inspection.Mapping.Layouts;

/// <summary>An operating system of a disk, and what of it its own mount configuration does not say.</summary>
/// <param name="Root">What is mounted at <c>/</c>.</param>
/// <param name="Implied">What the layout mounts besides, where the configuration mounts nothing else.</param>
/// <param name="Slot">The device by which this system differs from others of the same layout.</param>
internal sealed record SystemLayout(MountMap Root, IReadOnlyList<MountMap> Implied, string Slot)
{
    /// <summary>OSTree's deployment, by its path on the device; null for other layouts.</summary>
    public string? Deployment => Root.Directory;

    /// <summary>The device that the kernel's command line would name as the one of <c>/usr</c>; null where it is not one of its own.</summary>
    public string? UserDevice => Implied.FirstOrDefault(mount => mount.MountPoint == "/usr")?.Device;

    public IEnumerable<MountMap> Mounts => Implied.Prepend(Root);

    /// <summary>A mount that no file of the guest names.</summary>
    public static MountMap Mount(string mountPoint, OpenedFileSystem fileSystem, string? directory = null) =>
        new(mountPoint, fileSystem.Map.Device, fileSystem.Map.Device, fileSystem.Map.Type, [], MountState.Mounted, null, null, null)
        {
            Subvolume = fileSystem.Subvolume,
            Directory = directory,
        };
}
