using Orchestration.Inspection;
using Orchestration.Inspection.Windows;
using Orchestration.Profiles.Checks.Moving;

namespace Orchestration.Profiles.Checks.Windows;

/// <summary>What decides whether a Windows starts at its target: the drivers that it loads before its disk is there.</summary>
internal static class WindowsMoveChecks
{
    private static readonly (string Service, string What)[] Tools =
        [("VMTools", "VMware Tools"), ("VBoxService", "VirtualBox Guest Additions"), ("QEMU-GA", "the QEMU guest agent"), ("xenagent", "the Xen agent")];

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeDrivers("GK-MIG-040", "Windows starts from a disk of KVM", [Targets.Kvm], "viostor or vioscsi", guest => IsBoot(guest, "viostor") || IsBoot(guest, "vioscsi")) with
        {
            Remediation = "Install the virtio drivers before the move, and let Windows start once with a small second disk on a virtio controller.",
        },
        MakeDrivers("GK-MIG-041", "Windows starts from a disk of Hyper-V", [Targets.HyperV, Targets.AzureCloud], "storvsc and vmbus", guest => IsBoot(guest, "storvsc") && IsBoot(guest, "vmbus")) with
        {
            Remediation = "Set the start of storvsc and vmbus to 0 (boot); both come with Windows.",
        },
        MakeDrivers("GK-MIG-042", "Windows starts from a disk of VMware", [Targets.VmWare], "LSI_SAS, pvscsi, stornvme or storahci",
            guest => ((string[])["LSI_SAS", "pvscsi", "stornvme", "storahci"]).Any(driver => IsBoot(guest, driver))) with
        {
            Remediation = "Set the start of LSI_SAS to 0 (boot) and choose that controller; or install VMware Tools before the move.",
        },
        Make("GK-MIG-043", "The addresses come from the network", Severity.Medium, Targets.Everywhere, guest => Judgement.PassUnless(
            [.. guest.Windows.Interfaces.Where(card => !card.Dhcp).Select(card => new Evidence(null, null, $"{card.Id}: {string.Join(", ", card.Addresses.DefaultIfEmpty("no address"))}", "DHCP"))],
            new Evidence(null, null, $"{guest.Windows.Interfaces.Count} cards, none with a fixed address", "DHCP"))) with
        {
            Remediation = "Note the addresses: the new card is another to Windows, and asks for one. In Azure, give the address to the network interface there.",
        },
        Make("GK-MIG-044", "The licence may be used on another machine", Severity.Low, Targets.Everywhere, guest =>
            guest.Registry?.Value(@"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "ProductId")?.Text is { Length: > 0 } product
                ? Judgement.PassWhen(!product.Contains("OEM", StringComparison.OrdinalIgnoreCase), new Evidence(@"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProductId", null, product, "no OEM licence"))
                : Judgement.NotAssessable("the product's number is not there")) with
        {
            Remediation = "A licence that came with a machine stays with it: have a volume or cloud licence ready.",
        },
        Make("GK-MIG-045", "No tools of another hypervisor start", Severity.Low, Targets.Everywhere, guest => Judgement.PassUnless(
            [
                .. from tool in Tools
                   let service = guest.Windows.FindService(tool.Service)
                   where service is { Start: not "disabled" }
                   select new Evidence($@"HKLM\SYSTEM\CurrentControlSet\Services\{service.Name}", null, $"{tool.What}: {service.Start}", "not there, unless the target is theirs"),
            ],
            new Evidence(null, null, "none", "none"))) with
        {
            Remediation = "Remove them after the move, where the target is another hypervisor than theirs.",
        },
    ];

    private static bool IsBoot(Guest guest, string driver) => guest.Windows.FindService(driver) is { Start: "boot" };

    private static Check MakeDrivers(string id, string title, IReadOnlyList<string> profiles, string expected, Func<Guest, bool> holds) =>
        Make(id, title, Severity.Critical, profiles, guest => guest.Windows.Services.Count == 0
            ? Judgement.NotAssessable("the drivers cannot be read")
            : Judgement.PassWhen(holds(guest), new Evidence(@"HKLM\SYSTEM\CurrentControlSet\Services", null, Describe(guest, expected), $"{expected} with start 0 (boot)")));

    private static string Describe(Guest guest, string names)
    {
        var found = names.Split([" or ", " and ", ", "], StringSplitOptions.None).Select(guest.Windows.FindService).OfType<WindowsService>().Select(service => $"{service.Name}: {service.Start}").ToList();
        return found.Count == 0 ? $"without {names}" : string.Join(", ", found);
    }

    private static Check Make(string id, string title, Severity severity, IReadOnlyList<string> profiles, Func<Guest, Judgement> evaluate) =>
        new(id, title, severity, profiles, evaluate)
        {
            Remediation = "",
            Systems = GuestSystems.Windows,
            AppliesTo = "every Windows guest",
            RestsOn = guest => [guest.Windows],
        };
}
