using System.Globalization;
using Orchestration.Inspection;
using Orchestration.Inspection.Firewalls;
using Orchestration.Inspection.Windows;
using Orchestration.Profiles.Checks.Software;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.Checks.Windows.WindowsCheck;

namespace Orchestration.Profiles.Checks.Windows;

/// <summary>What runs on a Windows server, who may log in, and how old it is.</summary>
internal static class WindowsServerChecks
{
    private const int MostDaysWithoutUpdates = 60;

    private const string ServerKey = @"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters";

    private static readonly string[] NetworkProfiles = ["domain", "private", "public"];

    private static readonly string[] Insecure = ["TlntSvr", "simptcp", "SNMP", "RemoteRegistry"];

    /// <summary>The last day of support of servers' builds (Microsoft Lifecycle, "extended end date").</summary>
    private static readonly Dictionary<string, DateOnly> SupportEnds = new(StringComparer.Ordinal)
    {
        ["6003"] = new(2020, 1, 14), ["7601"] = new(2020, 1, 14), ["9200"] = new(2023, 10, 10), ["9600"] = new(2023, 10, 10),
        ["14393"] = new(2027, 1, 12), ["17763"] = new(2029, 1, 9), ["20348"] = new(2031, 10, 14), ["25398"] = new(2025, 10, 24), ["26100"] = new(2034, 10, 10),
    };

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeFacts("GK-WIN-001", "The firewall is on in every network", Severity.High, guest => Judgement.PassUnless(
            [
                .. guest.Windows.FindService("mpssvc") is { Start: "disabled" } ? [new Evidence(@"HKLM\SYSTEM\CurrentControlSet\Services\mpssvc\Start", null, "the firewall's service is disabled", "automatic")] : Array.Empty<Evidence>(),
                .. NetworkProfiles.Where(profile => guest.Windows.Firewall.GetValueOrDefault(profile, true) == false)
                    .Select(profile => new Evidence(null, null, $"the firewall is off for {profile} networks", "on")),
            ],
            [.. NetworkProfiles.Select(profile => new Evidence(null, null, $"{profile}: {(guest.Windows.Firewall.ContainsKey(profile) ? "on" : "not said, which means on")}", "on"))])) with
        {
            References = [CisWindows("9.1.1"), CisWindows("9.2.1"), CisWindows("9.3.1"), Pci("1.2.1")],
            Remediation = "Turn the firewall on for domain, private and public networks.",
        },
        MakeFacts("GK-WIN-002", "The file server does not speak SMB 1", Severity.High, guest =>
        {
            var set = guest.Registry?.Value(ServerKey, "SMB1")?.Number;
            var isThere = IsStarted(guest.Windows.FindService("srv"));
            return Judgement.PassWhen(set == 0 || !isThere, new Evidence($@"{ServerKey}\SMB1", null, set is null ? isThere ? "not set, and its driver is there" : "its driver is not there" : $"{set}", "0"));
        }) with
        {
            References = [CisWindows("18.3.3"), Pci("2.2.5")],
            Remediation = "Remove the feature FS-SMB1, or set SMB1 to 0.",
        },
        MakeFacts("GK-WIN-003", "The machine does not use SMB 1 of other servers", Severity.Medium, guest =>
        {
            var driver = guest.Windows.FindService("mrxsmb10");
            return Judgement.PassWhen(!IsStarted(driver), new Evidence(@"HKLM\SYSTEM\CurrentControlSet\Services\mrxsmb10\Start", null, driver?.Start ?? "its driver is not there", "disabled"));
        }) with
        {
            References = [CisWindows("18.3.2"), Pci("2.2.5")],
            Remediation = "Remove the feature FS-SMB1, or disable the driver mrxsmb10.",
        },
        MakeFacts("GK-WIN-013", "The guest account cannot log in", Severity.High, guest =>
            guest.Windows.Users.FirstOrDefault(user => user.RelativeId == 501) is { } account
                ? Judgement.PassWhen(account.Disabled, new Evidence(@"HKLM\SAM", null, $"{account.Name} is {(account.Disabled ? "disabled" : "enabled")}", "disabled"))
                : Judgement.NotAssessable("the accounts cannot be read")) with
        {
            References = [CisWindows("2.3.1.3"), Pci("2.2.2")],
            Remediation = "Disable the guest account.",
        },
        MakeFacts("GK-WIN-019", "Updates were installed of late", Severity.High, (guest, today) =>
        {
            var newest = guest.Windows.Updates.Where(update => update.InstalledAt is not null).MaxBy(update => update.InstalledAt);
            if (newest?.InstalledAt is not { } time)
            {
                return Judgement.NotAssessable("no update says when it was installed");
            }

            var days = today.DayNumber - DateOnly.FromDateTime(time.UtcDateTime).DayNumber;
            return Judgement.PassWhen(days <= MostDaysWithoutUpdates, new Evidence(null, null, $"{newest.Id}, the newest, was installed {days} days ago", $"at most {MostDaysWithoutUpdates} days"));
        }) with
        {
            References = [Pci("6.3.3")],
            Remediation = "Install the current cumulative update, and let the machine ask for updates by itself.",
        },
        MakeFacts("GK-WIN-020", "The release is still supported", Severity.High, (guest, today) =>
        {
            var build = guest.OperatingSystem.Version?.Split('.').ElementAtOrDefault(2) ?? "";
            return SupportEnds.TryGetValue(build, out var end)
                ? Judgement.PassWhen(today <= end, new Evidence(null, null, $"{guest.OperatingSystem.ProductName}, supported until {end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}", "a supported release"))
                : Judgement.NotAssessable($"nobody here knows how long build '{build}' is supported");
        }) with
        {
            References = [Pci("6.3.3")],
            Remediation = "Move to a release that gets security updates.",
            Exempts = guest => guest.OperatingSystem.Edition?.StartsWith("Server", StringComparison.OrdinalIgnoreCase) == true || guest.OperatingSystem.ProductName?.Contains("Server", StringComparison.Ordinal) == true
                ? null : "the guest is no server, whose editions are supported for different times",
        },
        MakeFacts("GK-WIN-021", "Services that trust whoever reaches them are not started", Severity.Medium, guest => Judgement.PassUnless(
            [
                .. Insecure.Select(guest.Windows.FindService).OfType<WindowsService>().Where(service => service.Start.StartsWith("automatic", StringComparison.Ordinal))
                    .Select(service => new Evidence($@"HKLM\SYSTEM\CurrentControlSet\Services\{service.Name}\Start", null, service.Start, "manual or disabled")),
            ],
            new Evidence(null, null, $"{guest.Windows.Services.Count} services, none such started", "manual or disabled"))) with
        {
            References = [Pci("2.2.4"), Pci("2.2.5")],
            Remediation = "Disable Telnet, the simple TCP services, SNMP and the remote registry where nobody needs them.",
        },
        MakeFacts("GK-WIN-022", "The firewall blocks what no rule allows", Severity.High, guest => Judgement.PassUnless(
            [.. guest.Firewall.Openings.Where(opening => opening is { IsFromAnywhere: true, Protocol: FirewallOpening.Any, Ports: null, Program: null }).Select(opening => Of(opening, "only what rules name"))],
            [.. guest.Firewall.Tools.Select(tool => new Evidence(tool.File, null, $"incoming connections that no rule names: {tool.InputPolicy}", "drop"))])) with
        {
            References = [CisWindows("9.1.2"), CisWindows("9.2.2"), CisWindows("9.3.2"), Pci("1.3.1")],
            Remediation = "Turn the firewall on and set inbound connections to Block for domain, private and public networks; give rules ports, programs or sources.",
            RestsOn = guest => [guest.Windows, guest.Firewall],
        },
        MakeFacts("GK-WIN-023", "The firewall keeps services of administration and data from public networks", Severity.High, guest => Judgement.PassUnless(
            [
                .. from opening in guest.Firewall.Openings
                   where opening is { IsFromAnywhere: true, Ports: not null } && opening.Networks.Contains("public")
                   from service in SensitiveServices.Behind(opening)
                   select Of(opening, $"{service} only from addresses that need it"),
            ],
            new Evidence(null, null, $"{guest.Firewall.Openings.Count} openings, none of such a service from everywhere in public networks", "none"))) with
        {
            References = [Pci("1.3.1"), Pci("1.2.6")],
            Remediation = "Limit the rule to the addresses that need the service, or to domain networks.",
            RestsOn = guest => [guest.Windows, guest.Firewall],
        },
    ];

    private static Evidence Of(FirewallOpening opening, string expected) => new(
        opening.File,
        null,
        $"lets in {opening.Protocol} {opening.Ports ?? "all ports"} from {opening.Source} in {string.Join(", ", opening.Networks)} networks{(opening.Program is { } program ? $", to {program}" : "")}",
        expected);

    private static bool IsStarted(WindowsService? service) => service is { Start: not "disabled" };

    private static Check MakeFacts(string id, string title, Severity severity, Func<Guest, Judgement> evaluate) => MakeFacts(id, title, severity, (guest, _) => evaluate(guest));

    private static Check MakeFacts(string id, string title, Severity severity, Func<Guest, DateOnly, Judgement> evaluate) =>
        Make(id, title, severity, evaluate) with { RestsOn = guest => [guest.Windows] };
}
