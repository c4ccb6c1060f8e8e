using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Volumes;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Mapping.Layouts;

/// <summary>Everything found on a disk, before it is told which system of it is inspected.</summary>
internal sealed record DiskContents(
    PartitionTable Table, IReadOnlyList<PartitionMap> Partitions, IReadOnlyList<VolumeMap> Volumes, IReadOnlyList<OpenedFileSystem> FileSystems)
{
    public IEnumerable<OpenedFileSystem> With(SystemPart part) => FileSystems.Where(item => item.Part == part && item.FileSystem is not null);

    public PartitionMap? PartitionOf(string device) => Partitions.FirstOrDefault(partition => partition.Device == device);

    /// <summary>A GPT partition's role and attributes; null for what is none or whose type does not say.</summary>
    public PartitionRole? RoleOf(string device) => Table.Scheme == PartitionScheme.Gpt ? PartitionTypes.RoleOf(PartitionOf(device)) : null;

    public PartitionAttributes AttributesOf(string device) =>
        PartitionOf(device) is { } partition ? new(Table.Partitions.First(item => item.Number == partition.Number).Attributes) : default;

    /// <summary>The guest's files as far as these mounts go.</summary>
    public GuestTree Assemble(IEnumerable<MountMap> mounts) => new(MountedTrees.Open(mounts, Find));

    public DeviceResolver Resolver(string rootDevice) => new(Partitions, Volumes, [.. FileSystems.Select(item => item.Map)], rootDevice);

    private IFileSystem Find(string device) =>
        FileSystems.First(item => item.Map.Device == device).FileSystem ?? throw new InspectionException(InspectionError.FileUnreadable, device, "expected a readable file system");
}
