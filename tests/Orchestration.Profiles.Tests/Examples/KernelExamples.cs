using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.Examples.CheckExamples;

namespace Orchestration.Profiles.Tests.Examples;

internal static class KernelExamples
{
    public static IReadOnlyList<CheckExample> All { get; } =
    [
        Parameter("GK-KRN-001", "1", "0", "kernel.dmesg_restrict"),
        Parameter("GK-KRN-002", "2", "0", "kernel.kptr_restrict"),
        Parameter("GK-KRN-003", "1", "0", "kernel.yama.ptrace_scope"),
        Parameter("GK-KRN-004", "1", "0", "fs.protected_hardlinks"),
        Parameter("GK-KRN-005", "1", "0", "fs.protected_symlinks"),
        Parameter("GK-KRN-006", "2", "1", "kernel.randomize_va_space"),
        Parameter("GK-KRN-007", "0", "2", "fs.suid_dumpable"),
        Parameter("GK-KRN-008", "1", "0", "kernel.kexec_load_disabled"),
        Parameter("GK-KRN-009", "1", "0", "kernel.unprivileged_bpf_disabled"),
        Parameter("GK-KRN-010", "3", "0", "kernel.perf_event_paranoid"),
        Parameter("GK-KRN-011", "2", "1", "net.core.bpf_jit_harden"),
        Parameter("GK-KRN-012", "0", "1", "kernel.sysrq"),
        Parameter("GK-KRN-013", "1", "0", "fs.protected_fifos", "fs.protected_regular"),
        new("GK-KRN-014", new GuestBuilder().File("/etc/security/limits.d/core.conf", "* hard core 0\n"), new GuestBuilder().File("/etc/security/limits.conf", "* soft core 0\n")),
        Collector("GK-KRN-015", "Storage=none", "Storage=external"),
        Collector("GK-KRN-016", "ProcessSizeMax=0", "ProcessSizeMax=2G"),
        Parameter("GK-NET-001", "0", "1", "net.ipv4.ip_forward"),
        Parameter("GK-NET-002", "1", "0", "net.ipv4.tcp_syncookies"),
        Parameter("GK-NET-003", "0", "1",
            "net.ipv4.conf.all.accept_redirects", "net.ipv4.conf.default.accept_redirects", "net.ipv6.conf.all.accept_redirects", "net.ipv6.conf.default.accept_redirects"),
        Parameter("GK-NET-004", "0", "1", "net.ipv4.conf.all.accept_source_route"),
        Parameter("GK-NET-005", "1", "0", "net.ipv4.conf.all.rp_filter"),
        Parameter("GK-NET-006", "1", "0", "net.ipv4.conf.all.log_martians", "net.ipv4.conf.default.log_martians"),
        Parameter("GK-NET-007", "0", "1", "net.ipv4.conf.all.send_redirects", "net.ipv4.conf.default.send_redirects"),
        Parameter("GK-NET-008", "1", "0", "net.ipv4.icmp_ignore_bogus_error_responses", "net.ipv4.icmp_echo_ignore_broadcasts"),
        Parameter("GK-NET-009", "0", "1", "net.ipv4.conf.all.secure_redirects", "net.ipv4.conf.default.secure_redirects"),
        Parameter("GK-NET-010", "0", "1", "net.ipv6.conf.all.accept_ra", "net.ipv6.conf.default.accept_ra"),
        Parameter("GK-NET-011", "0", "1", "net.ipv6.conf.all.forwarding"),
        Parameter("GK-NET-012", "0", "1", "net.ipv4.conf.default.accept_source_route"),
        Parameter("GK-NET-013", "0", "1", "net.ipv6.conf.all.accept_source_route", "net.ipv6.conf.default.accept_source_route"),
        Parameter("GK-NET-014", "1", "0", "net.ipv4.conf.default.rp_filter"),

        Module("GK-MOD-001", "cramfs"),
        Module("GK-MOD-002", "freevxfs"),
        Module("GK-MOD-003", "hfs"),
        Module("GK-MOD-004", "hfsplus"),
        Module("GK-MOD-005", "jffs2"),
        Module("GK-MOD-006", "udf"),
        Module("GK-MOD-007", "usb-storage"),
        Module("GK-MOD-008", "dccp"),
        Module("GK-MOD-009", "tipc"),
        Module("GK-MOD-010", "rds"),
        Module("GK-MOD-011", "sctp"),
        Module("GK-MOD-012", "squashfs"),
        Module("GK-MOD-013", "overlay"),

        new("GK-BOOT-001", Grub("quiet", 600), Grub("quiet")),
        new("GK-BOOT-002", new GuestBuilder().File("/boot/grub/grub.cfg", "set superusers=\"root\"\npassword_pbkdf2 root grub.pbkdf2.sha512.1.2.3\n"), Grub("quiet")),
        new("GK-BOOT-003", Grub("quiet"), Grub("mitigations=off")),
        new("GK-BOOT-004", Grub("audit=1"), Grub("quiet")),
        new("GK-BOOT-005", Grub("fips=1"), Grub("quiet")),
        new("GK-BOOT-006", Grub("audit_backlog_limit=8192"), Grub("audit_backlog_limit=64")),

        new("GK-MAC-001", Selinux("enforcing", "targeted"), new GuestBuilder().Directory("/etc")),
        new("GK-MAC-002", AppArmor(), AppArmor().Link("/etc/apparmor.d/disable/usr.bin.man", "/etc/apparmor.d/usr.bin.man")),
        new("GK-MAC-003", Selinux("enforcing", "targeted"), Selinux("enforcing", "minimum")),
        new("GK-MAC-004", Selinux("permissive", "targeted"), Selinux("disabled", "targeted")),
        new("GK-MAC-005", Selinux("enforcing", "targeted"), With(Selinux("enforcing", "targeted"), "enforcing=0")),
    ];

    private static CheckExample Parameter(string id, string right, string wrong, params string[] names) => new(id, Set(names, right), Set(names, wrong));

    private static GuestBuilder Set(string[] names, string value) =>
        Booted().File("/etc/sysctl.d/50-site.conf", string.Concat(names.Select(name => $"{name} = {value}\n")));

    private static CheckExample Module(string id, string module) => new(id, WithModule(module).File("/etc/modprobe.d/site.conf", $"install {module} /bin/false\n"), WithModule(module));

    private static GuestBuilder WithModule(string module) => Booted().File("/lib/modules/6.1.0-25-amd64/modules.dep", $"kernel/{module}.ko:\n");

    private static CheckExample Collector(string id, string passes, string fails) => new(
        id,
        new GuestBuilder().File("/etc/systemd/coredump.conf", "[Coredump]\n").File("/etc/systemd/coredump.conf.d/site.conf", $"[Coredump]\n{passes}\n"),
        new GuestBuilder().File("/etc/systemd/coredump.conf", $"[Coredump]\n{fails}\n"));

    private static GuestBuilder Grub(string parameters, int mode = 644) => With(new GuestBuilder(), parameters, mode);

    private static GuestBuilder With(GuestBuilder guest, string parameters, int mode = 644) =>
        guest.File("/boot/grub/grub.cfg", $"set default=\"0\"\nmenuentry 'Linux' {{\n\tlinux /vmlinuz root=UUID=1 ro {parameters}\n}}\n", mode);

    private static GuestBuilder Selinux(string mode, string type) => new GuestBuilder()
        .File("/etc/selinux/config", $"SELINUX={mode}\nSELINUXTYPE={type}\n").File($"/etc/selinux/{type}/policy/policy.33");

    private static GuestBuilder AppArmor() => Booted().File("/usr/sbin/apparmor_parser").File("/etc/apparmor.d/usr.bin.man").EnabledUnit("apparmor.service", "sysinit.target");
}
