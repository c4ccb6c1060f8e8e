using static Orchestration.Profiles.Tests.Examples.CheckExamples;

namespace Orchestration.Profiles.Tests.Examples;

internal static class WorkloadExamples
{
    public static IReadOnlyList<CheckExample> All { get; } =
    [
        Parameter("GK-PRF-001", "vm.swappiness", "10", "90"),
        Parameter("GK-PRF-002", "net.core.somaxconn", "4096", "128"),
        Parameter("GK-PRF-003", "net.ipv4.tcp_max_syn_backlog", "8192", "512"),
        Parameter("GK-PRF-004", "net.core.netdev_max_backlog", "5000", "1000"),
        Parameter("GK-PRF-005", "net.core.rmem_max", "4194304", "212992"),
        Parameter("GK-PRF-006", "net.core.wmem_max", "4194304", "212992"),
        Parameter("GK-PRF-007", "fs.file-max", "1000000", "65536"),
        Mount("GK-PRF-008", "/swapfile none swap sw 0 0", "/dev/vda1 / ext4 defaults 0 1"),
        Mount("GK-PRF-009", "/dev/vda1 / ext4 noatime 0 1", "/dev/vda1 / ext4 strictatime 0 1"),
        Mount("GK-PRF-010", "/dev/vda1 / ext4 discard 0 1", "/dev/vda1 / ext4 defaults 0 1"),
        new("GK-PRF-011", Booted().File("/etc/systemd/journald.conf", "[Journal]\nSystemMaxUse=500M\n"), Booted()),
        new("GK-PRF-012", Booted().EnabledUnit("nginx.service"), Booted().EnabledUnit("nginx.service").EnabledUnit("mariadb.service")),
    ];

    private static CheckExample Parameter(string id, string name, string right, string wrong) =>
        new(id, Booted().File("/etc/sysctl.d/site.conf", $"{name} = {right}\n"), Booted().File("/etc/sysctl.d/site.conf", $"{name} = {wrong}\n"));

    private static CheckExample Mount(string id, string right, string wrong) =>
        new(id, Booted().File("/etc/fstab", right + "\n"), Booted().File("/etc/fstab", wrong + "\n"));
}
