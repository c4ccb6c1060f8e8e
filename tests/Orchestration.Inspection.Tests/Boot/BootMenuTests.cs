using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.Boot;

/// <summary>Menus other than those that grub-mkconfig writes.</summary>
public sealed class BootMenuTests
{
    private const string Newer = "title Red Hat Enterprise Linux (5.14.0-427.el9.x86_64) 9.4\nversion 5.14.0-427.el9.x86_64\nlinux /vmlinuz-5.14.0-427.el9.x86_64\ninitrd /initramfs-5.14.0-427.el9.x86_64.img $tuned_initrd\noptions $kernelopts $tuned_params quiet\n";
    private const string Older = "title Red Hat Enterprise Linux (5.14.0-70.el9.x86_64) 9.0\nversion 5.14.0-70.el9.x86_64\nlinux /vmlinuz-5.14.0-70.el9.x86_64\noptions root=/dev/sda2 ro\n";

    [Theory]
    [InlineData("", "new")]
    [InlineData("saved_entry=old\n", "old")]
    [InlineData("saved_entry=removed\n", "new")]
    public void Grub_with_entry_files_starts_the_saved_one_or_the_newest(string saved, string id)
    {
        var boot = RedHat($"# GRUB Environment Block\n{saved}kernelopts=root=/dev/mapper/rhel-root ro crashkernel=auto\n").Build().Boot;

        Assert.Equal(("grub2", 2, id), (boot.BootLoader, boot.Entries.Count, boot.DefaultEntry?.Id));
    }

    [Fact]
    public void Variables_of_the_environment_block_are_put_into_the_command_line()
    {
        var entry = RedHat("kernelopts=root=/dev/mapper/rhel-root ro\n").Build().Boot.DefaultEntry;

        Assert.Equal(["root=/dev/mapper/rhel-root", "ro", "quiet"], entry?.Parameters);
        Assert.Equal(["/initramfs-5.14.0-427.el9.x86_64.img"], entry?.InitialRamdisks);
        Assert.Equal(("/boot/loader/entries/new.conf", 3), (entry?.File, entry?.Line));
    }

    [Fact]
    public void Grub_of_Red_Hat_before_9_has_its_menu_on_the_partition_of_the_firmware()
    {
        var boot = new GuestBuilder().File("/boot/efi/EFI/redhat/grub.cfg", "blscfg\n").File("/boot/efi/EFI/redhat/grubenv", "# GRUB Environment Block\nsaved_entry=old\n")
            .File("/boot/loader/entries/new.conf", Newer).File("/boot/loader/entries/old.conf", Older).Build().Boot;

        Assert.Equal(("grub2", "/boot/efi/EFI/redhat/grub.cfg", "old"), (boot.BootLoader, boot.ConfigurationFile, boot.DefaultEntry?.Id));
    }

    [Fact]
    public void A_file_that_only_leads_to_the_menu_is_not_taken_for_it()
    {
        var boot = new GuestBuilder().File("/boot/grub2/grub.cfg", "insmod part_gpt\n").File("/boot/efi/EFI/appliance/grub.cfg", "menuentry 'A' {\n linux /vmlinuz root=/dev/sda2\n}\n").Build().Boot;

        Assert.Equal(("/boot/efi/EFI/appliance/grub.cfg", "A"), (boot.ConfigurationFile, boot.DefaultEntry?.Title));
    }

    [Fact]
    public void The_default_kernel_is_the_one_of_the_default_entry()
    {
        var boot = RedHat("saved_entry=old\n").File("/boot/vmlinuz-5.14.0-70.el9.x86_64").File("/boot/vmlinuz-5.14.0-427.el9.x86_64").Build().Boot;

        Assert.Equal("5.14.0-70.el9.x86_64", boot.DefaultKernel?.Version);
    }

    [Theory]
    [InlineData("default arch-*\n", "arch-lts")]
    [InlineData("timeout 3\n", "zz")]
    [InlineData("default zz.conf\n", "zz")]
    public void Systemd_boot_starts_what_loader_conf_names_or_the_newest(string loader, string id)
    {
        var boot = new GuestBuilder().File("/boot/loader/loader.conf", loader).File("/boot/loader/entries/arch-lts.conf", "title Arch\nversion 6.6\nlinux /vmlinuz-linux-lts\noptions rw\n")
            .File("/boot/loader/entries/zz.conf", "title Other\nversion 6.10\nlinux /vmlinuz\n").Build().Boot;

        Assert.Equal(("systemd-boot", id), (boot.BootLoader, boot.DefaultEntry?.Id));
    }

    [Fact]
    public void Grub_before_version_2_counts_its_titles()
    {
        var boot = new GuestBuilder().File("/boot/grub/menu.lst", """
            default=1
            timeout=5
            password --md5 $1$x
            title CentOS (2.6.32-754.el6.x86_64)
                root (hd0,0)
                kernel /vmlinuz-2.6.32-754.el6.x86_64 ro root=/dev/sda2
                initrd /initramfs-2.6.32-754.el6.x86_64.img
            title CentOS (2.6.32-71.el6.x86_64)
                kernel /vmlinuz-2.6.32-71.el6.x86_64 ro root=/dev/sda2 quiet
            """).Build().Boot;

        Assert.Equal(("grub", "CentOS (2.6.32-71.el6.x86_64)", true), (boot.BootLoader, boot.DefaultEntry?.Title, boot.HasPassword));
        Assert.Equal(["ro", "root=/dev/sda2", "quiet"], boot.DefaultEntry?.Parameters);
        Assert.Equal(["/initramfs-2.6.32-754.el6.x86_64.img"], boot.Entries[0].InitialRamdisks);
    }

    [Fact]
    public void Extlinux_starts_the_label_that_is_its_default()
    {
        var boot = new GuestBuilder().File("/boot/extlinux.conf", """
            DEFAULT virt
            LABEL lts
              LINUX vmlinuz-lts
              APPEND root=/dev/sda2
            LABEL virt
              MENU LABEL Linux virt
              LINUX vmlinuz-virt
              INITRD initramfs-virt
              APPEND root=UUID=1 modules=ext4 quiet
            """).Build().Boot;

        Assert.Equal(("extlinux", "Linux virt", "vmlinuz-virt"), (boot.BootLoader, boot.DefaultEntry?.Title, boot.DefaultEntry?.KernelPath));
        Assert.Equal(["root=UUID=1", "modules=ext4", "quiet"], boot.DefaultEntry?.Parameters);
        Assert.Equal(["initramfs-virt"], boot.DefaultEntry?.InitialRamdisks);
    }

    private static GuestBuilder RedHat(string environment) => new GuestBuilder().File("/boot/grub2/grub.cfg", "set default=\"${saved_entry}\"\ninsmod blscfg\nblscfg\n")
        .File("/boot/grub2/grubenv", environment).File("/boot/loader/entries/old.conf", Older).File("/boot/loader/entries/new.conf", Newer);
}
