using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Mapping.Layouts;

/// <summary>
/// Systems deployed by OSTree: each root is a directory <c>/ostree/deploy/NAME/deploy/CHECKSUM.SERIAL</c> of the physical root, all of a name share one
/// <c>/var</c>, and the kernel is told which one to use.
/// </summary>
internal static class OsTreeDeployments
{
    public const string Directory = "/ostree/deploy";

    private const int MaximumDeployments = 16;

    /// <summary>The newest first.</summary>
    public static IEnumerable<SystemLayout> Find(DiskContents disk, OpenedFileSystem physical)
    {
        var tree = disk.Assemble([SystemLayout.Mount("/", physical)]);
        var found = new FactReader(tree).Glob($"{Directory}/*/deploy/*").Take(MaximumDeployments)
            .Select(path => tree.Find(path, follow: false)).OfType<GuestFile>()
            .Where(file => file.IsDirectory && tree.Find($"{file.Path}/usr", follow: false) is { IsDirectory: true })
            .OrderByDescending(file => file.Modified);
        return [.. found.Select(deployment => Describe(disk, physical, tree, deployment.Path))];
    }

    private static SystemLayout Describe(DiskContents disk, OpenedFileSystem physical, GuestTree tree, string deployment)
    {
        var variable = $"{GuestPath.Parent(GuestPath.Parent(deployment))}/var";
        var mounts = new List<MountMap> { SystemLayout.Mount("/sysroot", physical) };
        if (tree.Find(variable, follow: false) is { IsDirectory: true })
        {
            mounts.Add(SystemLayout.Mount("/var", physical, variable));
        }

        // Fedora CoreOS and its relatives have no fstab: a generator of theirs mounts the file system of this label.
        if (disk.With(SystemPart.None).FirstOrDefault(item => item.Map.Label == "boot") is { } boot)
        {
            mounts.Add(SystemLayout.Mount("/boot", boot));
        }
        else if (tree.Find("/boot", follow: false) is { IsDirectory: true })
        {
            mounts.Add(SystemLayout.Mount("/boot", physical, "/boot"));
        }

        return new SystemLayout(SystemLayout.Mount("/", physical, deployment), mounts, physical.Map.Device);
    }
}
