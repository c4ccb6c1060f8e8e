using System.Globalization;
using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Kernel;

/// <summary>The boot loader and the kernel command line that it passes by default.</summary>
internal static class BootChecks
{
    private static readonly string[] Dangerous =
        ["mitigations=off", "selinux=0", "apparmor=0", "enforcing=0", "single", "1", "init=/bin/sh", "init=/bin/bash", "systemd.unit=rescue.target", "nokaslr", "pti=off"];

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-BOOT-001", "Only root can read the boot loader's configuration", Severity.High, [Compliance, Security], guest =>
            guest.Boot.ConfigurationFile is { } path && guest.Files.Find(path) is { } file ? JudgeAccess(guest, path, file) : Judgement.NotApplicable("the guest has no GRUB configuration")) with
        {
            References = [Cis("1.4.2"), CisLinux("1.4.1"), CisRedHat("1.4.2"), Pci("2.2.6")],
            Remediation = "chown root:root and chmod 0600 grub.cfg.",
        },
        Make("GK-BOOT-002", "The boot loader asks for a password before its entries are changed", Severity.Medium, [Compliance], guest =>
            Judgement.PassWhen(guest.Boot.HasPassword, new Evidence(
                guest.Boot.ConfigurationFile, null, guest.Boot.HasPassword ? "a password is set" : "no password is set", "superusers with password_pbkdf2"))) with
        {
            References = [Cis("1.4.1"), CisLinux("1.4.2"), CisRedHat("1.4.1")],
            Remediation = "Make a hash with grub-mkpasswd-pbkdf2, set superusers and password_pbkdf2 in /etc/grub.d, and run update-grub.",
        },
        Make("GK-BOOT-003", "The kernel starts with its protections on", Severity.High, [Security, Hardening], guest =>
            guest.Boot.DefaultEntry is { } entry
                ? Judgement.PassUnless(
                    [.. entry.Parameters.Where(Dangerous.Contains).Select(parameter => new Evidence(guest.Boot.DefaultEntryFile, entry.Line, parameter, "not there"))],
                    new Evidence(guest.Boot.DefaultEntryFile, entry.Line, string.Join(' ', entry.Parameters), "nothing that turns protection off"))
                : Judgement.NotAssessable("the default boot entry cannot be told")) with
        {
            Remediation = "Remove the parameter from /etc/default/grub and run update-grub.",
        },
        Make("GK-BOOT-004", "The kernel audits from the start", Severity.Medium, [Compliance], guest =>
            guest.Boot.DefaultEntry is { } entry
                ? Judgement.PassWhen(entry.Parameters.Contains("audit=1"), new Evidence(
                    guest.Boot.DefaultEntryFile, entry.Line, string.Join(' ', guest.Boot.Parameters("audit") is { Count: > 0 } set ? set : ["audit not set"]), "audit=1"))
                : Judgement.NotAssessable("the default boot entry cannot be told")) with
        {
            References = [Cis("6.2.1.3", 2), CisLinux("4.1.1.3", 2), CisRedHat("4.1.1.2", 2), Pci("10.2.1")],
            Remediation = "Add audit=1 to GRUB_CMDLINE_LINUX in /etc/default/grub and run update-grub.",
        },
        Make("GK-BOOT-006", "The kernel keeps enough audit records until the daemon runs", Severity.Low, [Compliance], guest =>
            guest.Boot.DefaultEntry is { } entry
                ? Judgement.PassWhen(
                    entry.Parameters.LastOrDefault(parameter => parameter.StartsWith("audit_backlog_limit=", StringComparison.Ordinal)) is { } limit
                        && int.TryParse(limit.Split('=')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var records) && records >= 8192,
                    new Evidence(guest.Boot.DefaultEntryFile, entry.Line,
                        guest.Boot.Parameters("audit_backlog_limit") is [.., var set] ? set : "audit_backlog_limit not set (64)", "audit_backlog_limit of at least 8192"))
                : Judgement.NotAssessable("the default boot entry cannot be told")) with
        {
            References = [Cis("6.2.1.4", 2), CisLinux("4.1.1.4", 2), CisRedHat("4.1.1.3", 2), Pci("10.2.1")],
            Remediation = "Add audit_backlog_limit=8192 to GRUB_CMDLINE_LINUX in /etc/default/grub and run update-grub.",
        },
        Make("GK-BOOT-005", "The kernel starts in FIPS mode", Severity.Info, [Compliance], guest =>
            guest.Boot.DefaultEntry is { } entry
                ? Judgement.PassWhen(entry.Parameters.Contains("fips=1"), new Evidence(
                    guest.Boot.DefaultEntryFile, entry.Line, entry.Parameters.Contains("fips=1") ? "fips=1" : "fips not set", "fips=1, where FIPS 140 is required"))
                : Judgement.NotAssessable("the default boot entry cannot be told")) with
        {
            Remediation = "Where FIPS 140 is required, use the distribution's validated modules and add fips=1.",
        },
    ];

    /// <summary>FAT keeps no permissions: there the mount's options give them to all files alike (mount(8), "Mount options for fat").</summary>
    private static Judgement JudgeAccess(Guest guest, string path, GuestFile file)
    {
        const string Expected = "mode 0600 or less, owner 0:0";
        const string MaskExpected = "umask=0077";
        var mount = guest.Map.Mounts.Where(mount => mount.Type is "vfat" or "msdos" && path.StartsWith(mount.MountPoint.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(mount => mount.MountPoint.Length);
        if (mount is null)
        {
            return Judgement.PassWhen(
                (file.Permissions & ~0b110_000_000) == 0 && file.UserId == 0 && file.GroupId == 0, new Evidence(path, null, Judgement.DescribeAccess(file), Expected));
        }

        if (mount.Line is null)
        {
            return Judgement.NotAssessable($"{path} lies on FAT, and no line of the guest says with which permissions that is mounted");
        }

        var mask = mount.Options.LastOrDefault(option => option.StartsWith("fmask=", StringComparison.Ordinal)) ?? mount.Options.LastOrDefault(option => option.StartsWith("umask=", StringComparison.Ordinal));
        return Judgement.PassWhen(
            mask?.TrimEnd() is [.., '7', '7'], new Evidence(mount.File, mount.Line, $"{mount.MountPoint}, where {path} lies, is FAT with {mask ?? "no umask"}", MaskExpected));
    }

    private static Check Make(string id, string title, Severity severity, IReadOnlyList<string> profiles, Func<Guest, Judgement> evaluate) =>
        new(id, title, severity, profiles, evaluate)
        {
            Remediation = "",
            AppliesTo = "guests with GRUB",
            RestsOn = guest => [guest.Boot],
            Exempts = guest => guest.Boot.ConfigurationFile is not null ? null : "the guest has no GRUB configuration",
        };
}
