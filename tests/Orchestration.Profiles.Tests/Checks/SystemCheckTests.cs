using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.CheckAssert;

namespace Orchestration.Profiles.Tests.Checks;

/// <summary>Files, boot, logs, packages, kernel and mounts.</summary>
public sealed class SystemCheckTests
{
    private const string Grub = "set default=\"0\"\nmenuentry 'Debian' {\n\tlinux /vmlinuz root=UUID=1 ro quiet {0}\n}\n";

    [Theory]
    [InlineData("GK-FILE-001", "/etc/passwd", 644, 0, Verdict.Pass)]
    [InlineData("GK-FILE-001", "/etc/passwd", 600, 0, Verdict.Pass)]
    [InlineData("GK-FILE-001", "/etc/passwd", 664, 0, Verdict.Fail)]
    [InlineData("GK-FILE-003", "/etc/shadow", 640, 42, Verdict.Pass)]
    [InlineData("GK-FILE-003", "/etc/shadow", 0, 0, Verdict.Pass)]
    [InlineData("GK-FILE-003", "/etc/shadow", 640, 100, Verdict.Fail)]
    [InlineData("GK-FILE-003", "/etc/shadow", 644, 42, Verdict.Fail)]
    [InlineData("GK-FILE-004", "/etc/gshadow", 640, 42, Verdict.Pass)]
    [InlineData("GK-FILE-005", "/etc/sudoers", 440, 0, Verdict.Pass)]
    [InlineData("GK-FILE-006", "/etc/crontab", 644, 0, Verdict.Fail)]
    [InlineData("GK-FILE-006", "/etc/crontab", 600, 0, Verdict.Pass)]
    public void Modes_and_owners_come_from_inodes(string id, string path, int mode, int group, Verdict expected) =>
        Gives(expected, id, new GuestBuilder().File("/etc/group", "shadow:x:42:\n").File(path, "", mode, group: (uint)group));

    [Fact]
    public void A_backup_of_the_shadow_file_counts_too()
    {
        Gives(Verdict.Fail, "GK-FILE-003", new GuestBuilder().File("/etc/shadow", "", 600).File("/etc/shadow-", "", 644));
    }

    [Theory]
    [InlineData(1777, Verdict.Pass)]
    [InlineData(777, Verdict.Fail)]
    [InlineData(755, Verdict.Pass)]
    public void Directories_for_everybody_are_sticky(int mode, Verdict expected) => Gives(expected, "GK-FILE-007", new GuestBuilder().Directory("/tmp", mode));

    [Theory]
    [InlineData(750, 1000, Verdict.Pass)]
    [InlineData(755, 1000, Verdict.Fail)]
    [InlineData(700, 0, Verdict.Fail)]
    public void Homes_are_closed_and_their_users_own(int mode, int owner, Verdict expected) => Gives(expected, "GK-FILE-008",
        new GuestBuilder().File("/etc/passwd", "a:x:1000:1000::/home/a:/bin/bash\n").Directory("/home/a", mode, (uint)owner));

    [Theory]
    [InlineData(600, Verdict.Pass)]
    [InlineData(400, Verdict.Pass)]
    [InlineData(444, Verdict.Fail)]
    [InlineData(644, Verdict.Fail)]
    public void The_boot_configuration_is_for_root_alone(int mode, Verdict expected) =>
        Gives(expected, "GK-BOOT-001", new GuestBuilder().File("/boot/grub/grub.cfg", "", mode));

    [Theory]
    [InlineData("GK-BOOT-003", "mitigations=off", "")]
    [InlineData("GK-BOOT-003", "init=/bin/sh", "console=ttyS0")]
    [InlineData("GK-BOOT-004", "", "audit=1")]
    [InlineData("GK-BOOT-005", "", "fips=1")]
    public void The_command_line_of_the_default_entry_decides(string id, string wrong, string right)
    {
        Gives(Verdict.Fail, id, new GuestBuilder().File("/boot/grub/grub.cfg", Grub.Replace("{0}", wrong, StringComparison.Ordinal)));
        Gives(Verdict.Pass, id, new GuestBuilder().File("/boot/grub/grub.cfg", Grub.Replace("{0}", right, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_password_of_the_boot_loader_is_seen()
    {
        Gives(Verdict.Fail, "GK-BOOT-002", new GuestBuilder().File("/boot/grub/grub.cfg", Grub));
        Gives(Verdict.Pass, "GK-BOOT-002", new GuestBuilder().File("/boot/grub/grub.cfg", "set superusers=\"root\"\npassword_pbkdf2 root grub.pbkdf2.sha512.1.2.3\n" + Grub));
        Gives(Verdict.NotApplicable, "GK-BOOT-002", new GuestBuilder().Directory("/boot"));
    }

    [Fact]
    public void A_journal_on_disk_is_logging_too()
    {
        Gives(Verdict.Pass, "GK-LOG-001", Booted().Directory("/var/log/journal"));
        Gives(Verdict.Pass, "GK-LOG-001", Booted().EnabledUnit("rsyslog.service"));
        Gives(Verdict.Fail, "GK-LOG-001", Booted());
        Gives(Verdict.Fail, "GK-LOG-001", Booted().Directory("/var/log/journal").File("/etc/systemd/journald.conf.d/x.conf", "[Journal]\nStorage=volatile\n"));
    }

    [Theory]
    [InlineData("*.* @@logs.example.com:6514", Verdict.Pass)]
    [InlineData("*.* action(type=\"omfwd\" target=\"logs\")", Verdict.Pass)]
    [InlineData("# mail me @ admin@example.com", Verdict.Fail)]
    [InlineData("*.* /var/log/all", Verdict.Fail)]
    public void Remote_logging_is_an_action_and_not_any_at_sign(string line, Verdict expected) =>
        Gives(expected, "GK-LOG-002", Booted().File("/etc/rsyslog.conf", line + "\n"));

    [Fact]
    public void Auditing_needs_the_daemon_installed_and_enabled()
    {
        Gives(Verdict.Pass, "GK-AUD-001", new GuestBuilder().Packages("auditd"));
        Gives(Verdict.Fail, "GK-AUD-001", new GuestBuilder().Packages("bash", "libaudit1"));
        Gives(Verdict.NotAssessable, "GK-AUD-001", new GuestBuilder().Directory("/etc"));
        Gives(Verdict.Pass, "GK-AUD-002", new GuestBuilder().EnabledUnit("auditd.service"));
        Gives(Verdict.Fail, "GK-AUD-002", new GuestBuilder().Unit("auditd.service"));
    }

    [Theory]
    [InlineData("deb [trusted=yes] http://x bookworm main", Verdict.Fail)]
    [InlineData("# deb [trusted=yes] http://x bookworm main", Verdict.Pass)]
    [InlineData("deb [signed-by=/k.gpg] http://x bookworm main", Verdict.Pass)]
    public void Package_sources_must_be_verified(string line, Verdict expected) =>
        Gives(expected, "GK-PKG-004", new GuestBuilder().Packages("apt").File("/usr/bin/apt").File("/etc/apt/sources.list", line + "\n"));

    [Theory]
    [InlineData("APT::Periodic::Unattended-Upgrade \"1\";", Verdict.Pass)]
    [InlineData("APT::Periodic::Unattended-Upgrade \"0\";", Verdict.Fail)]
    [InlineData("// APT::Periodic::Unattended-Upgrade \"1\";", Verdict.Fail)]
    public void Updates_come_by_themselves_where_apt_is_told_so(string line, Verdict expected) =>
        Gives(expected, "GK-PKG-005", new GuestBuilder().Packages("unattended-upgrades").File("/usr/bin/apt").File("/etc/apt/apt.conf.d/20auto-upgrades", line + "\n"));

    [Theory]
    [InlineData("GK-KRN-002", "kernel.kptr_restrict = 1", Verdict.Pass)]
    [InlineData("GK-KRN-002", "#kernel.kptr_restrict = 1", Verdict.Fail)]
    [InlineData("GK-KRN-002", "kernel/kptr_restrict = 2", Verdict.Pass)]
    [InlineData("GK-KRN-001", "", Verdict.NotAssessable)]
    [InlineData("GK-KRN-006", "", Verdict.Pass)]
    [InlineData("GK-NET-004", "", Verdict.Pass)]
    [InlineData("GK-NET-004", "net.ipv4.conf.all.accept_source_route = 1", Verdict.Fail)]
    [InlineData("GK-NET-005", "net.ipv4.conf.*.rp_filter = 1", Verdict.Pass)]
    [InlineData("GK-NET-005", "net.ipv4.conf.*.rp_filter = 1\n-net.ipv4.conf.all.rp_filter", Verdict.Fail)]
    public void A_kernel_parameter_counts_as_set_or_as_the_kernel_has_it(string id, string sysctl, Verdict expected) =>
        Gives(expected, id, Booted().File("/etc/sysctl.d/50-site.conf", sysctl + "\n"));

    [Fact]
    public void The_last_file_in_order_of_names_sets_a_kernel_parameter()
    {
        var judgement = Judge("GK-NET-001", Booted()
            .File("/etc/sysctl.d/10-first.conf", "net.ipv4.ip_forward = 0\n")
            .File("/usr/lib/sysctl.d/90-last.conf", "net.ipv4.ip_forward = 1\n"));

        Assert.Equal((Verdict.Fail, "/usr/lib/sysctl.d/90-last.conf"), (judgement.Verdict, Assert.Single(judgement.Evidence).File));
    }

    [Theory]
    [InlineData("install cramfs /bin/false", Verdict.Pass)]
    [InlineData("install cramfs /bin/true", Verdict.Pass)]
    [InlineData("blacklist cramfs", Verdict.Fail)]
    [InlineData("# install cramfs /bin/true", Verdict.Fail)]
    [InlineData("install cramfs /sbin/modprobe --ignore-install cramfs", Verdict.Fail)]
    public void A_module_must_not_be_loadable_by_name(string rule, Verdict expected) => Gives(expected, "GK-MOD-001", Booted()
        .File("/lib/modules/6.1.0-25-amd64/modules.dep", "kernel/fs/cramfs/cramfs.ko.xz: kernel/lib/zlib.ko.xz\n").File("/etc/modprobe.d/site.conf", rule + "\n"));

    [Fact]
    public void A_module_that_the_kernel_does_not_have_cannot_be_loaded()
    {
        Gives(Verdict.Pass, "GK-MOD-007", Booted().File("/lib/modules/6.1.0-25-amd64/modules.dep", "kernel/fs/ext4/ext4.ko:\n"));
        Gives(Verdict.Fail, "GK-MOD-007", Booted().File("/lib/modules/6.1.0-25-amd64/modules.dep", "kernel/drivers/usb/storage/usb-storage.ko:\n"));
        Gives(Verdict.NotApplicable, "GK-MOD-007", new GuestBuilder().Directory("/etc"));
    }

    [Theory]
    [InlineData("tmpfs /tmp tmpfs nodev,nosuid,noexec 0 0", Verdict.Pass, Verdict.Pass)]
    [InlineData("tmpfs /tmp tmpfs nodev,nosuid 0 0", Verdict.Pass, Verdict.Fail)]
    [InlineData("#tmpfs /tmp tmpfs nodev,nosuid,noexec 0 0", Verdict.Fail, Verdict.NotApplicable)]
    public void Mounts_of_tmp(string line, Verdict separate, Verdict options)
    {
        Gives(separate, "GK-FS-001", new GuestBuilder().File("/etc/fstab", line + "\n"));
        Gives(options, "GK-FS-002", new GuestBuilder().File("/etc/fstab", line + "\n"));
    }

    [Fact]
    public void A_mount_unit_counts_as_a_line_of_fstab_does()
    {
        const string Unit = "[Mount]\nWhat=tmpfs\nWhere=/tmp\nType=tmpfs\nOptions=mode=1777,nosuid,nodev,noexec\n";

        Gives(Verdict.Pass, "GK-FS-002", new GuestBuilder().File("/etc/systemd/system/tmp.mount", Unit)
            .Link("/etc/systemd/system/local-fs.target.wants/tmp.mount", "/etc/systemd/system/tmp.mount"));
        Gives(Verdict.Fail, "GK-FS-001", new GuestBuilder().Unit("tmp.mount", Unit)
            .Link("/usr/lib/systemd/system/local-fs.target.wants/tmp.mount", "../tmp.mount").Link("/etc/systemd/system/tmp.mount", "/dev/null"));
    }

    [Theory]
    [InlineData("GK-RUN-001")]
    [InlineData("GK-RUN-002")]
    [InlineData("GK-RUN-003")]
    public void What_only_a_running_guest_knows_is_not_assessable(string id) => Gives(Verdict.NotAssessable, id, Booted());

    [Theory]
    [InlineData("umask=0077", Verdict.Pass)]
    [InlineData("fmask=0177", Verdict.Pass)]
    [InlineData("umask=0022", Verdict.Fail)]
    [InlineData("defaults", Verdict.Fail)]
    public void On_the_partition_of_the_firmware_the_mount_s_options_are_the_permissions(string options, Verdict expected)
    {
        var esp = new InMemoryFileSystem();
        esp.AddFile("/EFI/redhat/grub.cfg", "menuentry 'A' {\n linux /vmlinuz ro\n}\n"u8.ToArray(), mode: 0x1FF, user: 0, group: 0);

        Gives(expected, "GK-BOOT-001", new GuestBuilder().Directory("/boot/efi").Mount("/boot/efi", esp, "vfat", options));
    }

    [Fact]
    public void Evidence_of_a_command_line_is_the_entry_s_own_file_where_it_has_one()
    {
        var judgement = Judge("GK-BOOT-003", new GuestBuilder().File("/boot/grub2/grub.cfg", "blscfg\n").File("/boot/loader/entries/a.conf", "title A\nversion 1\nlinux /vmlinuz-1\noptions root=UUID=1 mitigations=off\n"));

        Assert.Equal((Verdict.Fail, "/boot/loader/entries/a.conf", 3), (judgement.Verdict, judgement.Evidence[0].File, judgement.Evidence[0].Line));
    }

    private static GuestBuilder Booted() => new GuestBuilder().Unit("basic.target", "[Unit]\n").File("/boot/vmlinuz-6.1.0-25-amd64").Directory("/lib/modules/6.1.0-25-amd64");
}
