using Orchestration.Inspection.Mapping;
using Orchestration.Inspection.Storage;

namespace Orchestration.Inspection.Tests.Mapping;

public sealed class MountPlannerTests
{
    private static readonly PartitionMap[] Partitions =
    [
        new("/dev/sda1", 1, 1 << 20, 1 << 30, "type", "root part", "aaaaaaaa-0000-4000-8000-000000000001", true),
        new("/dev/sda2", 2, 2 << 20, 1 << 30, "type", "variable", "aaaaaaaa-0000-4000-8000-000000000002", false),
        new("/dev/sda3", 3, 3 << 20, 1 << 30, "type", null, "aaaaaaaa-0000-4000-8000-000000000003", false),
    ];

    private static readonly FileSystemMap[] FileSystems =
    [
        new("/dev/sda1", "ext4", "6d9e4a3c-0000-4000-8000-00000000000a", "root", true, null),
        new("/dev/sda2", "ext4", "6d9e4a3c-0000-4000-8000-00000000000b", "data disk", true, null),
        new("/dev/sda3", "zfs_member", "6d9e4a3c-0000-4000-8000-00000000000c", null, false, "zfs_member cannot be read yet"),
    ];

    private static readonly MountMap Root = new("/", "/dev/sda1", "/dev/sda1", "ext4", [], MountState.Mounted, null, null, null);

    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData("UUID=6d9e4a3c-0000-4000-8000-00000000000b")]
    [InlineData("UUID=\"6D9E4A3C-0000-4000-8000-00000000000B\"")]
    [InlineData("LABEL=data\\040disk")]
    [InlineData("PARTUUID=aaaaaaaa-0000-4000-8000-000000000002")]
    [InlineData("PARTLABEL=variable")]
    [InlineData("/dev/disk/by-uuid/6d9e4a3c-0000-4000-8000-00000000000b")]
    [InlineData("/dev/disk/by-label/data\\x20disk")]
    [InlineData("/dev/disk/by-partuuid/aaaaaaaa-0000-4000-8000-000000000002")]
    [InlineData("/dev/disk/by-id/scsi-0HC_Volume_1-part2")]
    [InlineData("/dev/disk/by-path/pci-0000:00:05.0-part2")]
    [InlineData("/dev/sda2")]
    [InlineData("/dev/vda2")]
    [InlineData("/dev/xvda2")]
    [InlineData("/dev/hda2")]
    [InlineData("/dev/nvme0n1p2")]
    [InlineData("/dev/mmcblk0p2")]
    public void Every_way_to_name_a_partition_leads_to_it(string specification)
    {
        var mount = Plan($"{specification} /var ext4 defaults 0 2").Single(item => item.MountPoint == "/var");

        Assert.Equal((MountState.Mounted, "/dev/sda2"), (mount.State, mount.Device));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void The_root_entry_tells_what_the_guest_calls_this_disk()
    {
        var plan = Plan("/dev/xvdf1 / ext4 defaults 0 1\n/dev/xvdf2 /var ext4 defaults 0 2\n/dev/xvda2 /other ext4 nofail 0 2");

        Assert.Equal("/dev/sda2", plan.Single(mount => mount.MountPoint == "/var").Device);
        Assert.Contains("another disk", plan.Single(mount => mount.MountPoint == "/other").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tmpfs /tmp tmpfs nosuid 0 0")]
    [InlineData("/srv/data /mnt none bind 0 0")]
    [InlineData("server:/export /mnt nfs defaults 0 0")]
    [InlineData("UUID=6d9e4a3c-0000-4000-8000-00000000000b /mnt ext4 noauto 0 0")]
    [InlineData("UUID=ffffffff-0000-4000-8000-00000000000b /mnt ext4 nofail 0 0")]
    public void What_is_not_on_this_disk_at_boot_is_listed_and_not_mounted(string line)
    {
        var mount = Plan(line).Single(item => item.MountPoint != "/");

        Assert.Equal(MountState.Listed, mount.State);
        Assert.NotNull(mount.Reason);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("UUID=ffffffff-0000-4000-8000-00000000000b /var ext4 defaults 0 2", "nothing on this disk has UUID")]
    [InlineData("/dev/sda3 /var zfs_member defaults 0 2", "zfs_member cannot be read yet")]
    [InlineData("/dev/mapper/vg-var /var ext4 defaults 0 2", "LVM")]
    [InlineData("/dev/sdb1 /var ext4 defaults 0 2", "another disk")]
    public void A_required_file_system_that_is_missing_is_a_warning(string line, string reason)
    {
        var mount = Plan(line).Single(item => item.MountPoint == "/var");

        Assert.Equal(MountState.Missing, mount.State);
        Assert.Contains(reason, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Swap_is_no_mount_and_parents_come_before_children()
    {
        var plan = Plan("/dev/sda2 /var/log ext4 defaults 0 2\ntmpfs /var tmpfs defaults 0 0\n/dev/sda4 none swap sw 0 0\n/dev/sda1 / ext4 errors=remount-ro 0 1");

        Assert.Equal(["/", "/var", "/var/log"], plan.Select(mount => mount.MountPoint));
        Assert.Equal(["errors=remount-ro"], plan[0].Options);
    }

    [Fact]
    public void Mounted_twice_the_first_entry_is_used_and_the_second_named()
    {
        var plan = Plan("/dev/sda2 /var ext4 defaults 0 2\n/dev/sda1 /var ext4 defaults 0 2");

        Assert.Equal("/dev/sda2", plan.Single(mount => mount.MountPoint == "/var").Device);
        Assert.Contains("/etc/fstab:2", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_systemd_mount_unit_is_a_mount_entry()
    {
        var entry = MountConfiguration.ParseUnit("[Mount]\nWhat=/dev/disk/by-label/data\nWhere=/srv\nType=ext4\nOptions=noexec,nodev\n", "/etc/systemd/system/srv.mount");

        Assert.Equal(("/dev/disk/by-label/data", "/srv", "ext4", 2), (entry?.Specification, entry?.MountPoint, entry?.Type, entry?.Line));
        Assert.Equal(["noexec", "nodev"], entry?.Options);
    }

    [Theory]
    [InlineData("defaults", null)]
    [InlineData("subvol=@home", "/@home")]
    [InlineData("subvol=/@home,compress=zstd", "/@home")]
    [InlineData("subvolid=256,subvol=/@home", "/@home")]
    [InlineData("subvolid=256", "/@home")]
    [InlineData("subvolid=5", "/")]
    [InlineData("subvol=/", "/")]
    public void A_mount_of_btrfs_names_the_subvolume_that_its_options_name(string options, string? subvolume)
    {
        var mount = PlanOnBtrfs(options);

        Assert.Equal((MountState.Mounted, subvolume), (mount.State, mount.Subvolume));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("subvol=@absent", "/dev/sda2 has no subvolume /@absent")]
    [InlineData("subvolid=257", "/dev/sda2 has no subvolume of the id 257")]
    public void A_subvolume_that_cannot_be_told_is_missing(string options, string reason)
    {
        var mount = PlanOnBtrfs(options);

        Assert.Equal((MountState.Missing, reason), (mount.State, mount.Reason));
        Assert.Contains(reason, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    private MountMap PlanOnBtrfs(string options)
    {
        var fileSystem = FileSystems[1] with { Type = "btrfs", Subvolumes = ["/@home"], SubvolumeIds = new Dictionary<string, ulong> { ["/@home"] = 256 } };
        return new MountPlanner(new DeviceResolver(Partitions, [], [FileSystems[0], fileSystem], "/dev/sda1"), Root)
            .Plan(FstabFile.Parse($"/dev/sda2 /home btrfs {options} 0 0", "/etc/fstab"), _warnings)
            .Single(mount => mount.MountPoint == "/home");
    }

    private IReadOnlyList<MountMap> Plan(string fstab) =>
        new MountPlanner(new DeviceResolver(Partitions, [], FileSystems, "/dev/sda1"), Root)
            .Plan(FstabFile.Parse(fstab, "/etc/fstab"), _warnings);
}
