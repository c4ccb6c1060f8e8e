using Orchestration.GuestFixtures;
using Orchestration.Inspection.Storage;

namespace Orchestration.Inspection.Tests.Storage;

public sealed class StorageTests
{
    [Fact]
    public void Blanks_in_fstab_are_octal_escapes()
    {
        var mount = Assert.Single(FstabFile.Parse("LABEL=my\\040disk /mnt/my\\040disk ext4 ro,noexec 0 2 # mine\n", "/etc/fstab"));

        Assert.Equal(("LABEL=my disk", "/mnt/my disk", "ext4"), (mount.Specification, mount.MountPoint, mount.Type));
        Assert.Equal(["ro", "noexec"], mount.Options);
    }

    [Fact]
    public void Swap_and_encrypted_volumes_are_named()
    {
        var storage = new GuestBuilder().File("/etc/fstab", "UUID=1 none swap sw 0 0\n/swapfile swap swap defaults 0 0\nUUID=2 / ext4 defaults 0 1\n")
            .File("/etc/crypttab", "data UUID=3 none luks\nbackup /dev/sdb1 /root/key luks\n").Build().Storage;

        Assert.Equal(["UUID=1", "/swapfile"], storage.Swap.Select(swap => swap.Specification));
        Assert.Equal(
            [new EncryptedVolume("data", "UUID=3", null, 1), new EncryptedVolume("backup", "/dev/sdb1", "/root/key", 2)], storage.EncryptedVolumes);
    }
}
