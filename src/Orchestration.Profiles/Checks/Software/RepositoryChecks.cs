using Orchestration.Inspection;
using Orchestration.Inspection.OperatingSystems;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Software;

/// <summary>Where software comes from, and for how long it still does.</summary>
internal static class RepositoryChecks
{
    private static readonly string[] DnfFiles = ["/etc/dnf/dnf.conf", "/etc/yum.conf"];

    private const string DnfRepositories = "/etc/yum.repos.d/*.repo";

    private static readonly string[] AptFiles = ["/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list", "/etc/apt/sources.list.d/*.sources"];

    /// <summary>The last day of security updates without a further contract, as the distributions announce it.</summary>
    private static readonly Dictionary<(string Distribution, string Version), DateOnly> Ends = new()
    {
        [("debian", "9")] = new(2022, 6, 30), [("debian", "10")] = new(2024, 6, 30), [("debian", "11")] = new(2026, 8, 31), [("debian", "12")] = new(2028, 6, 30),
        [("debian", "13")] = new(2030, 6, 30),
        [("ubuntu", "16.04")] = new(2021, 4, 30), [("ubuntu", "18.04")] = new(2023, 5, 31), [("ubuntu", "20.04")] = new(2025, 5, 31),
        [("ubuntu", "22.04")] = new(2027, 4, 30), [("ubuntu", "24.04")] = new(2029, 5, 31), [("ubuntu", "26.04")] = new(2031, 4, 30),
        [("rhel", "7")] = new(2024, 6, 30), [("rhel", "8")] = new(2029, 5, 31), [("rhel", "9")] = new(2032, 5, 31),
        [("centos", "6")] = new(2020, 11, 30), [("centos", "7")] = new(2024, 6, 30), [("centos", "8")] = new(2021, 12, 31), [("centos", "9")] = new(2027, 5, 31),
        [("rocky", "8")] = new(2029, 5, 31), [("rocky", "9")] = new(2032, 5, 31), [("almalinux", "8")] = new(2029, 3, 1), [("almalinux", "9")] = new(2032, 5, 31),
        [("almalinux", "10")] = new(2035, 5, 31),
        [("amzn", "2")] = new(2026, 6, 30),
        [("alpine", "3.16")] = new(2024, 5, 23), [("alpine", "3.17")] = new(2024, 11, 22),
        [("alpine", "3.18")] = new(2025, 5, 9), [("alpine", "3.19")] = new(2025, 11, 1), [("alpine", "3.20")] = new(2026, 4, 1),
        [("alpine", "3.21")] = new(2026, 11, 1), [("alpine", "3.22")] = new(2027, 5, 1), [("alpine", "3.23")] = new(2027, 11, 1),
    };

    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-PKG-007", "dnf verifies the signature of every package", Severity.High, [Security, Compliance], JudgeSignatures)
        {
            References = [CisRedHat("1.2.2"), Pci("6.3.3")],
            Remediation = "Set gpgcheck=1 in /etc/dnf/dnf.conf and in every repository.",
            AppliesTo = "guests with dnf or yum",
            Reads = [.. DnfFiles, DnfRepositories],
            Exempts = guest => DnfFiles.Any(guest.Files.Exists) ? null : "dnf is not used",
        },
        new("GK-PKG-008", "Packages are fetched over an encrypted connection", Severity.Low, [Hardening], JudgeTransport)
        {
            Remediation = "Write https:// in place of http:// and ftp:// where the mirror offers it; signatures protect the content, not what is asked for.",
            AppliesTo = "guests with apt, dnf or yum sources",
            Reads = [.. AptFiles, DnfRepositories],
        },
        new("GK-PKG-009", "The release still gets security updates", Severity.High, [Security, Compliance, Hardening], JudgeSupport)
        {
            References = [Pci("6.3.3")],
            Remediation = "Upgrade to a release that is supported.",
            AppliesTo = "releases whose end of support is known",
            RestsOn = guest => [guest.OperatingSystem],
        },
        new("GK-PKG-010", "dnf installs security updates by itself", Severity.Medium, [Security, Hardening], guest =>
            Judgement.PassWhen(
                guest.Services.IsActivated("dnf-automatic") || guest.Services.IsActivated("dnf-automatic-install"),
                new Evidence(guest.Services.Find("dnf-automatic.timer")?.File, null, guest.Services.Find("dnf-automatic.timer")?.State ?? "no dnf-automatic", "dnf-automatic.timer enabled")))
        {
            References = [Pci("6.3.3")],
            Remediation = "Install dnf-automatic, set apply_updates = yes and enable dnf-automatic.timer.",
            AppliesTo = "guests with dnf",
            RestsOn = guest => [guest.Services],
            Exempts = guest => DnfFiles.Any(guest.Files.Exists) ? null : "dnf is not used",
        },
    ];

    private static Judgement JudgeSignatures(Guest guest)
    {
        const string Expected = "gpgcheck=1";
        var global = GuestText.Sections(guest, DnfFiles).Select(file => (file.File, Entry: file.Content.Find("main", "gpgcheck"))).ToList();
        var isGlobal = global.Exists(item => IsOn(item.Entry?.Value));
        List<Evidence> wrong =
        [
            .. isGlobal ? Array.Empty<Evidence>() : [new Evidence(global[0].File, global[0].Entry?.Line, $"gpgcheck={global[0].Entry?.Value ?? " not set (off)"}", Expected)],
            .. from file in GuestText.Sections(guest, DnfRepositories)
               from entry in file.Content.Entries
               where entry.Key.Equals("gpgcheck", StringComparison.OrdinalIgnoreCase) && !IsOn(entry.Value)
               select new Evidence(file.File, entry.Line, $"[{entry.Section}] gpgcheck={entry.Value}", Expected),
        ];
        return Judgement.PassUnless(wrong, new Evidence(global[0].File, global[0].Entry?.Line, "gpgcheck is on for every repository", Expected));
    }

    // dnf.conf(5): 1, yes, true and on.
    private static bool IsOn(string? value) => value?.ToLowerInvariant() is "1" or "yes" or "true" or "on";

    private static Judgement JudgeTransport(Guest guest)
    {
        const string Expected = "https://";
        var sources = GuestText.Lines(guest, [.. AptFiles, DnfRepositories])
            .Where(line => line.Text.Contains("://", StringComparison.Ordinal) && !line.Text.StartsWith("gpgkey", StringComparison.OrdinalIgnoreCase)).ToList();
        return sources.Count == 0
            ? Judgement.NotApplicable("no source of packages is configured")
            : Judgement.PassUnless(
                [.. sources.Where(line => line.Text.Contains("http://", StringComparison.Ordinal) || line.Text.Contains("ftp://", StringComparison.Ordinal)).Select(line => line.Expect(Expected))],
                [.. sources.Select(line => line.Expect(Expected))]);
    }

    private static Judgement JudgeSupport(Guest guest, DateOnly today)
    {
        var system = guest.OperatingSystem;
        if (FindEnd(system) is not { } end)
        {
            return Judgement.NotAssessable($"the end of support of {system.ProductName ?? system.Distribution} {system.Version} is not known here");
        }

        return Judgement.PassWhen(
            today <= end, new Evidence("/etc/os-release", null, $"{system.ProductName ?? system.Distribution}: security updates until {end:yyyy-MM-dd}", $"supported on {today:yyyy-MM-dd}"));
    }

    private static DateOnly? FindEnd(OperatingSystemFacts system) =>
        Ends.TryGetValue((system.Distribution, $"{system.MajorVersion}.{system.MinorVersion:00}"), out var end)
        || Ends.TryGetValue((system.Distribution, $"{system.MajorVersion}.{system.MinorVersion}"), out end)
        || Ends.TryGetValue((system.Distribution, $"{system.MajorVersion}"), out end)
            ? end
            : null;
}
