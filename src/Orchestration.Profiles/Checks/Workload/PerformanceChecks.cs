using System.Globalization;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Workload;

/// <summary>
/// Settings that servers under load are tuned by. They are advice: what is right depends on the workload, so none is worse than low.
/// </summary>
internal static class PerformanceChecks
{
    private const long NotSet = -1;

    private static readonly string[] HeavyServices =
    [
        "postgresql", "mysql", "mariadb", "mongod", "redis-server", "redis", "elasticsearch", "opensearch", "docker", "containerd", "apache2", "httpd", "nginx", "rabbitmq-server",
    ];

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeParameter("GK-PRF-001", "Memory is not swapped out early", "vm.swappiness", 60, value => value <= 60, "60 or less (databases: 10)", "vm.swappiness = 10"),
        MakeParameter("GK-PRF-002", "Many connections may wait to be accepted", "net.core.somaxconn", 4096, value => value >= 4096, "4096 or more", "net.core.somaxconn = 4096"),
        MakeParameter("GK-PRF-003", "Many connections may be half open", "net.ipv4.tcp_max_syn_backlog", NotSet, value => value >= 8192, "8192 or more", "net.ipv4.tcp_max_syn_backlog = 8192"),
        MakeParameter("GK-PRF-004", "Many packets may wait for the kernel", "net.core.netdev_max_backlog", 1000, value => value >= 5000, "5000 or more", "net.core.netdev_max_backlog = 5000"),
        MakeParameter("GK-PRF-005", "Sockets may receive much at once", "net.core.rmem_max", 212992, value => value >= 1 << 22, "4 MiB or more", "net.core.rmem_max = 4194304"),
        MakeParameter("GK-PRF-006", "Sockets may send much at once", "net.core.wmem_max", 212992, value => value >= 1 << 22, "4 MiB or more", "net.core.wmem_max = 4194304"),
        MakeParameter("GK-PRF-007", "Many files may be open", "fs.file-max", NotSet, value => value >= 1_000_000, "1000000 or more", "fs.file-max = 1000000"),
        new("GK-PRF-008", "There is somewhere to swap to", Severity.Info, [Performance], guest =>
            Judgement.PassWhen(guest.Storage.Swap.Count > 0, guest.Storage.Swap is [var swap, ..]
                ? new Evidence(swap.File, swap.Line, $"{swap.Specification} is swap", "swap, however little")
                : new Evidence("/etc/fstab", null, "no swap", "swap, however little")))
        {
            Remediation = "Add a swap file or partition, or zram, so that memory that nobody uses can leave.",
            RestsOn = guest => [guest.Storage],
        },
        new("GK-PRF-009", "Reading a file does not write", Severity.Info, [Performance], guest =>
            Judgement.PassUnless(
                [.. guest.Storage.Mounts.Where(mount => mount.HasOption("strictatime") || mount.HasOption("atime"))
                    .Select(mount => new Evidence(mount.File, mount.Line, $"{mount.MountPoint} ({string.Join(',', mount.Options)})", "relatime (the default) or noatime"))],
                new Evidence("/etc/fstab", null, $"{guest.Storage.Mounts.Count} mounts, none with strictatime", "relatime (the default) or noatime")))
        {
            Remediation = "Remove strictatime, or write noatime.",
            RestsOn = guest => [guest.Storage],
        },
        new("GK-PRF-010", "Freed space is given back to the storage", Severity.Low, [Performance], guest =>
        {
            const string Expected = "fstrim.timer enabled, or the mount option discard";
            var trims = guest.Services.IsActivated("fstrim");
            var discards = guest.Storage.Mounts.Where(mount => mount.HasOption("discard")).Select(mount => new Evidence(mount.File, mount.Line, $"{mount.MountPoint} (discard)", Expected)).ToList();
            return Judgement.PassWhen(trims || discards.Count > 0,
                [new Evidence(guest.Services.Find("fstrim.timer")?.File, null, trims ? "fstrim.timer is enabled" : "fstrim.timer is not enabled", Expected), .. discards]);
        })
        {
            Remediation = "systemctl enable fstrim.timer: thin disks and solid state stay small and fast.",
            AppliesTo = "guests with services",
            RestsOn = guest => [guest.Services, guest.Storage],
            Exempts = guest => guest.Services.Units.Count > 0 ? null : "the guest has no services, as a container has none",
        },
        new("GK-PRF-011", "The journal does not grow without bound", Severity.Info, [Performance], guest =>
        {
            var setting = guest.Logging.FindJournal("SystemMaxUse");
            return Judgement.PassWhen(setting is not null, new Evidence(
                setting?.File ?? "/etc/systemd/journald.conf", setting?.Line, setting is null ? "SystemMaxUse not set (a tenth of the file system, at most 4 GiB)" : $"SystemMaxUse={setting.Value}", "SystemMaxUse set"));
        })
        {
            Remediation = "Set SystemMaxUse=500M in /etc/systemd/journald.conf.",
            AppliesTo = "guests with systemd",
            RestsOn = guest => [guest.Logging],
            Exempts = guest => guest.Services.Units.Count > 0 ? null : "the guest has no services, as a container has none",
        },
        new("GK-PRF-012", "One heavy service has the machine for itself", Severity.Info, [Performance], guest =>
        {
            var heavy = HeavyServices.Where(guest.Services.IsActivated).ToList();
            return Judgement.PassWhen(heavy.Count <= 1, new Evidence(null, null, heavy.Count == 0 ? "none" : string.Join(", ", heavy), "at most one database, container engine or web server"));
        })
        {
            Remediation = "Give each its own machine, or limit their memory so that they cannot take it from each other.",
            AppliesTo = "guests with services",
            RestsOn = guest => [guest.Services],
            Exempts = guest => guest.Services.Units.Count > 0 ? null : "the guest has no services, as a container has none",
        },
    ];

    private static Check MakeParameter(string id, string title, string name, long kernelDefault, Func<long, bool> isRight, string expected, string line) =>
        new(id, title, Severity.Low, [Performance], guest =>
        {
            var setting = guest.KernelSettings.Find(name);
            if (setting is null && kernelDefault == NotSet)
            {
                return Judgement.NotAssessable($"{name} is not set, and its default depends on the machine's memory");
            }

            return long.TryParse(setting?.Value ?? kernelDefault.ToString(CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? Judgement.PassWhen(isRight(value), new Evidence(
                    setting?.File ?? "/etc/sysctl.d", setting?.Line, setting is null ? $"{name} is not set (default of the kernel: {kernelDefault})" : $"{name} = {setting.Value}", expected))
                : Judgement.NotAssessable($"{setting?.File}: expected a number for {name}, found '{setting?.Value}'");
        })
        {
            Remediation = $"Write {line} into a file in /etc/sysctl.d, and measure.",
            AppliesTo = "guests with a kernel or services",
            RestsOn = guest => [guest.KernelSettings],
            Exempts = guest => guest.Boot.Kernels.Count > 0 || guest.Services.Units.Count > 0 ? null : "the guest has no kernel and no init, as a container has none",
        };
}
