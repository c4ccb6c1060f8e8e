using Orchestration.DiskImages;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Mapping.Layouts;
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
        var disk = new DiskContents(table, partitions, volumes, opened);
        var layouts = LayoutFinder.Find(disk);
        if (layouts.Count == 0 && LiveMedium.Find(disk.With(SystemPart.None)) is { Count: > 0 } images)
        {
            disk = disk with { Volumes = [.. volumes, .. images.Select(item => item.Volume)], FileSystems = [.. opened, .. images.Select(item => item.FileSystem)] };
            layouts = LayoutFinder.Find(disk);
        }

        var fileSystems = disk.FileSystems.Select(item => item.Map).ToList();
        if (layouts.Count == 0)
        {
            var devices = partitions.Select(partition => (partition.Device, BsdPartition(partition.Type)))
                .Concat(disk.Volumes.Select(volume => (volume.Device, (string?)null)))
                .ToList();
            throw new InspectionException(InspectionError.NoOperatingSystem, null, DescribeWithoutSystem(devices, fileSystems));
        }

        var warnings = image.Warnings.Concat(stack.Warnings).Concat(disk.FileSystems.SelectMany(item => item.FileSystem?.Warnings ?? [])).ToList();
        var (layout, reason) = SlotChoice.Choose(disk, layouts);
        var others = layouts.Where(other => other != layout).Select(other => Identify(disk, other)).ToList();
        if (others.Count > 0)
        {
            warnings.Add($"More than one operating system: {layout.Slot}, {string.Join(", ", others.Select(other => $"{other.Device} ({other.Name})"))}; {layout.Slot} is inspected: {reason}.");
        }

        if (disk.Volumes.FirstOrDefault(volume => volume.Device == layout.Slot)?.BackingFile is { } file)
        {
            warnings.Add($"A medium that starts a system from a file: the one in {file.Path} on {file.Device} is inspected, without what is laid over it.");
        }

        var rootDevice = layout.Root.Device ?? layout.Slot;
        var tree = disk.Assemble(layout.Mounts);
        var mounts = new MountPlanner(disk.Resolver(rootDevice), layout.Root, [.. layout.Implied, .. AutomaticMounts.Find(disk, tree)]).Plan(ReadMountEntries(tree, warnings), warnings);
        mounts = OverlayMounts.Resolve(disk, mounts);
        return new GuestMap(
            new DiskMap(image.Format, image.Content.Length, table.Scheme.ToString().ToLowerInvariant(), table.DiskId),
            partitions,
            fileSystems,
            rootDevice,
            mounts,
            warnings)
        {
            Volumes = disk.Volumes,
            OtherSystems = others,
            ChosenBecause = reason,
        };
    }

    private static SystemMap Identify(DiskContents disk, SystemLayout layout)
    {
        var tree = disk.Assemble(layout.Mounts);
        tree.Prefetch(OperatingSystemReader.HeaderPaths, Guest.HeaderBytes);
        tree.Prefetch(OperatingSystemReader.Paths);
        var system = OperatingSystemReader.Read(new FactReader(tree), WindowsRegistry.Find(tree));
        return new SystemMap(layout.Slot, system.Type, system.ProductName ?? $"{system.Distribution} {system.Version}".TrimEnd()) { Directory = layout.Deployment };
    }

    private static IReadOnlyList<MountEntry> ReadMountEntries(GuestTree tree, List<string> warnings)
    {
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
