using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.OperatingSystems;
using Orchestration.Inspection.Storage;
using Orchestration.Inspection.Windows;

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
        if (roots is not [{ FileSystem: { } rootFileSystem, Map: var rootMap, Subvolume: var rootSubvolume }, ..])
        {
            var devices = partitions.Select(partition => (partition.Device, BsdPartition(partition.Type)))
                .Concat(volumes.Select(volume => (volume.Device, (string?)null)))
                .ToList();
            throw new InspectionException(InspectionError.NoOperatingSystem, null, DescribeWithoutSystem(devices, fileSystems));
        }

        var others = roots.Skip(1).Select(Identify).ToList();
        if (others.Count > 0)
        {
            warnings.Add(
                $"More than one operating system: {rootMap.Device}, {string.Join(", ", others.Select(other => $"{other.Device} ({other.Name})"))}; the first one is inspected.");
        }

        var mounts = new MountPlanner(new DeviceResolver(partitions, volumes, fileSystems, rootMap.Device), rootMap, rootSubvolume)
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
            OtherSystems = others,
        };
    }

    private static SystemMap Identify(OpenedFileSystem root)
    {
        var tree = new GuestTree(root.FileSystem is { } fileSystem ? [new GuestMount("/", fileSystem)] : []);
        tree.Prefetch(OperatingSystemReader.HeaderPaths, Guest.HeaderBytes);
        tree.Prefetch(OperatingSystemReader.Paths);
        var system = OperatingSystemReader.Read(new FactReader(tree), WindowsRegistry.Find(tree));
        return new SystemMap(root.Map.Device, system.Type, system.ProductName ?? $"{system.Distribution} {system.Version}".TrimEnd());
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

    /// <summary>The file systems of the BSD family cannot be read; that one of them is there can be said.</summary>
    private static string? BsdPartition(string type) => type.ToLowerInvariant() switch
    {
        "0xa5" or "516e7cb4-6ecf-11d6-8ff8-00022d09712b" or "516e7cb6-6ecf-11d6-8ff8-00022d09712b" or "516e7cba-6ecf-11d6-8ff8-00022d09712b" => "FreeBSD, not readable",
        "0xa6" or "824cc7a0-36a8-11e3-890a-952519ad3f61" => "OpenBSD, not readable",
        "0xa9" or "49f48d5a-b10e-11dc-b99b-0019d1879648" => "NetBSD, not readable",
        _ => null,
    };

    private static string DescribeWithoutSystem(List<(string Device, string? Known)> devices, List<FileSystemMap> fileSystems)
    {
        var contents = devices.Select(item =>
        {
            var what = fileSystems.FirstOrDefault(fileSystem => fileSystem.Device == item.Device) switch
            {
                null => item.Known ?? "nothing recognised",
                { Readable: true } readable => $"{readable.Type}, without an operating system",
                { Problem: null } other => other.Type,
                var unreadable => $"{unreadable.Type}, not readable ({unreadable.Problem})",
            };
            return $"{item.Device}: {what}";
        });
        return $"expected an operating system, found {(devices.Count == 0 ? "no partitions" : string.Join("; ", contents))}";
    }
}
