using System.Globalization;
using System.Text;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Mapping;

namespace Orchestration.GuestFixtures;

/// <summary>Describes a guest file by file. Modes are written as their octal digits: <c>mode: 0640</c> is not C#, <c>mode: 640</c> is.</summary>
public sealed class GuestBuilder
{
    private readonly InMemoryFileSystem _root;
    private readonly List<GuestMount> _mounts = [];
    private readonly List<MountMap> _listedMounts = [];
    private readonly List<PartitionMap> _partitions = [];
    private DiskMap _disk = new("raw", 1 << 30, "none", null);

    /// <param name="fileSystem">Type of the root: on <c>ntfs</c> names are found whatever their case.</param>
    public GuestBuilder(string fileSystem = "ext4") => _root = new InMemoryFileSystem
    {
        Identity = new FileSystemIdentity(fileSystem, "6d9e4a3c-0000-4000-8000-000000000001", null, null),
    };

    public InMemoryFileSystem FileSystem => _root;

    public GuestBuilder File(string path, string content = "", int mode = 644, uint user = 0, uint group = 0) =>
        File(path, Encoding.UTF8.GetBytes(content), mode, user, group);

    public GuestBuilder File(string path, byte[] content, int mode = 644, uint user = 0, uint group = 0)
    {
        _root.AddFile(path, content, Octal(mode), user, group);
        return this;
    }

    public GuestBuilder Directory(string path, int mode = 755, uint user = 0, uint group = 0)
    {
        _root.AddDirectory(path, Octal(mode), user, group);
        return this;
    }

    public GuestBuilder Link(string path, string target)
    {
        _root.AddLink(path, target);
        return this;
    }

    /// <summary>A file whose content cannot be read for damage.</summary>
    public GuestBuilder Damaged(string path)
    {
        _root.AddFile(path, [1], Octal(644), 0, 0);
        _root.DamagedPaths.Add(path);
        return this;
    }

    public GuestBuilder Mount(string mountPoint, InMemoryFileSystem fileSystem)
    {
        _mounts.Add(new GuestMount(mountPoint, fileSystem));
        return this;
    }

    /// <summary>The virtual disk, where a test is about it.</summary>
    /// <param name="sizeBytes">Its size.</param>
    /// <param name="scheme"><c>gpt</c>, <c>mbr</c> or <c>none</c>.</param>
    /// <param name="partitionTypes">Types of its partitions, in order.</param>
    public GuestBuilder Disk(long sizeBytes, string scheme, params string[] partitionTypes)
    {
        _disk = new DiskMap("raw", sizeBytes, scheme, null);
        _partitions.Clear();
        _partitions.AddRange(partitionTypes.Select((type, index) => new PartitionMap($"/dev/sda{index + 1}", index + 1, (index + 1) << 20, 1 << 20, type, null, null, false)));
        return this;
    }

    /// <summary>A mount that the guest needs and whose device is not on its disk.</summary>
    public GuestBuilder LostMount(string mountPoint, string specification)
    {
        _listedMounts.Add(new MountMap(mountPoint, specification, null, "ext4", [], MountState.Missing, "no such file system is on this disk", "/etc/fstab", 1));
        return this;
    }

    /// <summary>A line of fstab with what it mounts.</summary>
    public GuestBuilder Mount(string mountPoint, InMemoryFileSystem fileSystem, string type, params string[] options)
    {
        _listedMounts.Add(new MountMap(mountPoint, "/dev/sda1", "/dev/sda1", type, options, MountState.Mounted, null, "/etc/fstab", 1));
        return Mount(mountPoint, fileSystem);
    }

    /// <summary>A mount point whose file system cannot be read.</summary>
    public GuestBuilder MissingMount(string mountPoint, string reason = "zfs_member cannot be read yet")
    {
        _mounts.Add(new GuestMount(mountPoint, null, reason));
        return this;
    }

    /// <summary>A systemd unit of the distribution, in <c>/usr/lib/systemd/system</c>.</summary>
    public GuestBuilder Unit(string name, string content = "[Unit]\n[Install]\nWantedBy=multi-user.target\n") =>
        File($"/usr/lib/systemd/system/{name}", content);

    /// <summary>A unit and the link that <c>systemctl enable</c> makes.</summary>
    public GuestBuilder EnabledUnit(string name, string target = "multi-user.target") =>
        Unit(name).Link($"/etc/systemd/system/{target}.wants/{name}", $"/usr/lib/systemd/system/{name}");

    /// <summary>An installed package in dpkg's database; all packages of a guest are added in one call.</summary>
    public GuestBuilder Packages(params string[] names) => File(
        "/var/lib/dpkg/status",
        string.Concat(names.Select(name => $"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n")));

    public GuestTree BuildTree() => new([new GuestMount("/", _root), .. _mounts]);

    public Guest Build() => new(BuildTree(), new GuestMap(
        _disk,
        _partitions,
        [],
        "/dev/sda",
        _listedMounts,
        []));

    private static int Octal(int digits) => Convert.ToInt32(digits.ToString(CultureInfo.InvariantCulture), 8);
}
