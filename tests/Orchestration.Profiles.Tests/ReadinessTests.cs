using Orchestration.GuestFixtures;

namespace Orchestration.Profiles.Tests;

public sealed class ReadinessTests
{
    [Fact]
    public void A_blocker_keeps_the_score_below_half_and_the_guest_from_being_ready()
    {
        var report = Run(Guest().File("/etc/fstab", "/dev/sda1 / ext4 defaults 0 1\n"));

        Assert.Contains("GK-MIG-001", report.Readiness!.Blockers);
        Assert.False(report.Readiness.Ready);
        Assert.InRange(report.Score!.Value, 0, 49);
    }

    [Fact]
    public void A_guest_is_ready_where_nothing_blocks_whatever_else_is_advised()
    {
        var report = Run(Guest());

        Assert.Empty(report.Readiness!.Blockers);
        Assert.Contains("GK-MIG-014", report.Readiness.Advice);
        Assert.True(report.Readiness.Ready);
        Assert.InRange(report.Score!.Value, 50, 100);
    }

    [Fact]
    public void Nobody_is_called_ready_whose_boot_cannot_be_read()
    {
        var report = Run(Guest().Directory("/boot").MissingMount("/boot"));

        Assert.NotEmpty(report.Readiness!.Unknown);
        Assert.False(report.Readiness.Ready);
    }

    [Fact]
    public void Other_profiles_say_nothing_of_readiness() =>
        Assert.Null(ProfileRunner.Run(ProfileCatalog.Profiles[0], Guest().Build(), new ProfileOptions { Today = CheckAssert.Today }).Readiness);

    private static ProfileReport Run(GuestBuilder guest) => ProfileRunner.Run(
        ProfileCatalog.Profiles.Single(profile => profile.Name == "migration-kvm"), guest.Build(), new ProfileOptions { Today = CheckAssert.Today });

    private static GuestBuilder Guest() => new GuestBuilder()
        .Disk(1 << 30, "mbr", "0x83")
        .File("/boot/vmlinuz-6.1.0-25-amd64").File("/boot/initrd.img-6.1.0-25-amd64")
        .File("/lib/modules/6.1.0-25-amd64/modules.dep", "kernel/virtio_pci.ko:\nkernel/virtio_blk.ko:\nkernel/virtio_scsi.ko:\nkernel/virtio_net.ko:\n")
        .File("/boot/grub/grub.cfg", "set default=\"0\"\nmenuentry 'Debian' {\n\tlinux /vmlinuz-6.1.0-25-amd64 root=UUID=1 ro\n}\n")
        .File("/etc/initramfs-tools/initramfs.conf", "MODULES=most\n")
        .File("/etc/fstab", "UUID=1 / ext4 defaults 0 1\n")
        .Packages("bash");
}
