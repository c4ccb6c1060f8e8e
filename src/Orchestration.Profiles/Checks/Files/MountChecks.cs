using Orchestration.Inspection;
using Orchestration.Inspection.Storage;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Files;

/// <summary>Which directories have a file system of their own, and what may be done there.</summary>
internal static class MountChecks
{
    private static readonly string[] NoProgramsNoDevices = ["nodev", "nosuid", "noexec"];

    private static readonly string[] NoDevices = ["nodev", "nosuid"];

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeSeparate("GK-FS-001", "/tmp", Severity.Medium, Cis("1.1.2.1.1"), CisLinux("1.1.2")),
        MakeOptions("GK-FS-002", "/tmp", Severity.High, NoProgramsNoDevices, Cis("1.1.2.1.2"), CisLinux("1.1.3"), Cis("1.1.2.1.3"), CisLinux("1.1.4"), Cis("1.1.2.1.4"), CisLinux("1.1.5")),
        MakeSeparate("GK-FS-003", "/var/tmp", Severity.Medium, Cis("1.1.2.5.1", 2), CisLinux("1.1.7", 2), CisRedHat("1.1.4.1", 2)),
        MakeOptions("GK-FS-004", "/var/tmp", Severity.Medium, NoProgramsNoDevices,
            Cis("1.1.2.5.2"), CisLinux("1.1.8"), Cis("1.1.2.5.3"), CisLinux("1.1.9"), Cis("1.1.2.5.4"), CisLinux("1.1.10"), CisRedHat("1.1.4.2"), CisRedHat("1.1.4.3"), CisRedHat("1.1.4.4")),
        MakeSeparate("GK-FS-005", "/home", Severity.Info, Cis("1.1.2.3.1", 2), CisLinux("1.1.13", 2), CisRedHat("1.1.7.1", 2)),
        MakeOptions("GK-FS-006", "/home", Severity.Low, NoDevices, Cis("1.1.2.3.2"), CisLinux("1.1.14"), Cis("1.1.2.3.3"), CisRedHat("1.1.7.2"), CisRedHat("1.1.7.3")),
        MakeSeparate("GK-FS-007", "/var", Severity.Low, Cis("1.1.2.4.1", 2), CisLinux("1.1.6", 2), CisRedHat("1.1.3.1", 2)),
        MakeOptions("GK-FS-008", "/var", Severity.Low, NoDevices, Cis("1.1.2.4.2"), Cis("1.1.2.4.3"), CisRedHat("1.1.3.2"), CisRedHat("1.1.3.3")),
        MakeSeparate("GK-FS-009", "/var/log", Severity.Low, Cis("1.1.2.6.1", 2), CisLinux("1.1.11", 2), CisRedHat("1.1.5.1", 2)),
        MakeOptions("GK-FS-010", "/var/log", Severity.Low, NoProgramsNoDevices,
            Cis("1.1.2.6.2"), Cis("1.1.2.6.3"), Cis("1.1.2.6.4"), CisRedHat("1.1.5.2"), CisRedHat("1.1.5.3"), CisRedHat("1.1.5.4")),
        MakeSeparate("GK-FS-011", "/var/log/audit", Severity.Low, Cis("1.1.2.7.1", 2), CisLinux("1.1.12", 2), CisRedHat("1.1.6.1", 2), Pci("10.5.1")),
        MakeOptions("GK-FS-013", "/var/log/audit", Severity.Low, NoProgramsNoDevices,
            Cis("1.1.2.7.2"), Cis("1.1.2.7.3"), Cis("1.1.2.7.4"), CisRedHat("1.1.6.2"), CisRedHat("1.1.6.3"), CisRedHat("1.1.6.4")),
        MakeOptions("GK-FS-012", "/dev/shm", Severity.Low, NoProgramsNoDevices,
            Cis("1.1.2.2.2"), CisLinux("1.1.15"), Cis("1.1.2.2.3"), CisLinux("1.1.16"), Cis("1.1.2.2.4"), CisLinux("1.1.17"), CisRedHat("1.1.8.2"), CisRedHat("1.1.8.3"), CisRedHat("1.1.8.4")) with
        {
            Exempts = _ => null,
            Remediation = "Add a line for /dev/shm with nodev,nosuid,noexec to /etc/fstab; without one it is mounted without noexec.",
        },
    ];

    private static Check MakeSeparate(string id, string path, Severity severity, params Reference[] references) =>
        Make(id, $"{path} is a file system of its own", severity, guest => guest.Storage.FindMount(path) is { } mount
            ? Judgement.Pass(Of(mount, "a mount of its own"))
            : Judgement.Fail(new Evidence("/etc/fstab", null, $"{path} is not mounted by itself", "a mount of its own")), references) with
        {
            Remediation = $"Give {path} a partition, a logical volume or a tmpfs of its own in /etc/fstab.",
        };

    private static Check MakeOptions(string id, string path, Severity severity, string[] options, params Reference[] references) =>
        Make(id, $"{path} is mounted with {string.Join(", ", options)}", severity, guest => JudgeOptions(guest, path, options), references) with
        {
            Remediation = $"Add {string.Join(",", options)} to the options of {path}.",
            Exempts = guest => guest.Storage.FindMount(path) is null ? $"{path} is not mounted by itself" : null,
        };

    private static Check Make(string id, string title, Severity severity, Func<Guest, Judgement> evaluate, Reference[] references) =>
        new(id, title, severity, [Hardening, Compliance], evaluate)
        {
            References = references,
            Remediation = "",
            RestsOn = guest => [guest.Storage],
        };

    private static Judgement JudgeOptions(Guest guest, string path, string[] options)
    {
        var expected = string.Join(",", options);
        return guest.Storage.FindMount(path) is { } mount
            ? Judgement.PassWhen(options.All(mount.HasOption), Of(mount, expected))
            : Judgement.Fail(new Evidence("/etc/fstab", null, $"{path} is not named", expected));
    }

    private static Evidence Of(MountEntry mount, string expected) =>
        new(mount.File, mount.Line, $"{mount.Specification} on {mount.MountPoint} type {mount.Type} ({string.Join(",", mount.Options)})", expected);
}
