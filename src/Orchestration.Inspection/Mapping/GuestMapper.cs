using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Storage;

namespace Orchestration.Inspection.Mapping;

/// <summary>Finds the operating system on a disk and everything it mounts.</summary>
public static class GuestMapper
{
    /// <exception cref="InspectionException"><see cref="InspectionError.NoOperatingSystem"/>: the message says what is there instead.</exception>
    /// <exception cref="DiskImageException">The image itself cannot be read.</exception>
    public static GuestMap Map(DiskImage image)
    {
        var stack = image.Volumes;
        var table = stack.Tables[0];
        var partitions = DiskReader.MapPartitions(table);
        var volumes = DiskReader.MapVolumes(stack);
        var opened = DiskReader.OpenAll(stack);
        var fileSystems = opened.Select(item => item.Map).ToList();
        var warnings = image.Warnings.Concat(stack.Warnings).Concat(opened.SelectMany(item => item.FileSystem?.Warnings ?? [])).ToList();

        var roots = opened.Where(item => item.IsRoot).ToList();
        if (roots is not [{ FileSystem: { } rootFileSystem, Map: var rootMap }, ..])
        {
            throw new InspectionException(InspectionError.NoOperatingSystem, null, DescribeWithoutSystem([.. partitions.Select(partition => partition.Device), .. volumes.Select(volume => volume.Device)], fileSystems));
        }

        if (roots.Count > 1)
        {
            warnings.Add($"More than one operating system: {string.Join(", ", roots.Select(root => root.Map.Device))}; the first one is inspected.");
        }

        var mounts = new MountPlanner(new DeviceResolver(partitions, volumes, fileSystems, rootMap.Device), rootMap)
            .Plan(ReadMountEntries(rootFileSystem, warnings), warnings);
        return new GuestMap(
            new DiskMap(image.Format, image.Content.Length, table.Scheme.ToString().ToLowerInvariant(), table.DiskId),
            partitions,
            fileSystems,
            rootMap.Device,
            mounts,
            warnings)
        {
            Volumes = volumes,
        };
    }

    private static IReadOnlyList<MountEntry> ReadMountEntries(IFileSystem root, List<string> warnings)
    {
        var tree = new GuestTree([new GuestMount("/", root)]);
        tree.Prefetch(MountConfiguration.Paths);
        var reader = new FactReader(tree);
        var entries = MountConfiguration.Read(reader);
        warnings.AddRange(reader.Warnings.Select(warning => warning.Message));
        return entries;
    }

    private static string DescribeWithoutSystem(IReadOnlyList<string> devices, List<FileSystemMap> fileSystems)
    {
        var contents = devices.Select(device =>
        {
            var what = fileSystems.FirstOrDefault(fileSystem => fileSystem.Device == device) switch
            {
                null => "nothing recognised",
                { Readable: true } readable => $"{readable.Type}, without an operating system",
                { Problem: null } other => other.Type,
                var unreadable => $"{unreadable.Type}, not readable ({unreadable.Problem})",
            };
            return $"{device}: {what}";
        });
        return $"expected an operating system, found {(devices.Count == 0 ? "no partitions" : string.Join("; ", contents))}";
    }
}
