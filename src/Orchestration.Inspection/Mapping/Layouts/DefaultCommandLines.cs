using Orchestration.Inspection.Boot;

namespace Orchestration.Inspection.Mapping.Layouts;

/// <summary>The command lines of the kernels that a disk's boot loaders start by default, from file systems that are no root themselves.</summary>
internal static class DefaultCommandLines
{
    public static IEnumerable<IReadOnlyList<string>> Find(DiskContents disk) =>
        from item in disk.FileSystems
        where item is { FileSystem: not null, Part: SystemPart.None or SystemPart.Deployments }
        let parameters = Read(disk, item)
        where parameters is not null
        select parameters;

    private static IReadOnlyList<string>? Read(DiskContents disk, OpenedFileSystem item)
    {
        // A file system of boot loaders is mounted at /boot by most, the firmware's at /boot/efi; that of OSTree has a directory of this name.
        var root = SystemLayout.Mount("/", item);
        var tree = disk.Assemble(item.Part == SystemPart.Deployments ? [root] : [root, root with { MountPoint = "/boot" }, root with { MountPoint = "/boot/efi" }]);
        var reader = new FactReader(tree);
        try
        {
            tree.Prefetch(BootReader.Paths);
            return BootReader.Read(reader).DefaultEntry?.Parameters
                ?? (BootLoaderEntries.Read(reader, new Dictionary<string, Text.Assignment>()) is [var newest, ..] ? newest.Parameters : null);
        }
        catch (InspectionException)
        {
            return null;
        }
    }
}
