using Orchestration.Inspection;
using Orchestration.Inspection.Network;
using static Orchestration.Profiles.Checks.Moving.Targets;

namespace Orchestration.Profiles.Checks.Moving;

/// <summary>Network, disk and licences: what the place where a guest runs decides.</summary>
internal static class SurroundingsChecks
{
    private const long Mebibyte = 1 << 20;

    // AzureCloud, "Virtual machine disks": the largest operating-system disk.
    private const long LargestAzureDisk = 4095L << 30;

    private const string SystemPartition = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";

    private const string BiosBootPartition = "21686148-6449-6e6f-744e-656564454649";

    private static readonly string[] NameRules = ["/etc/udev/rules.d/70-persistent-net.rules", "/etc/udev/rules.d/75-persistent-net-generator.rules"];

    private static readonly (string Path, string What)[] Subscriptions =
    [
        ("/etc/pki/consumer/cert.pem", "a Red Hat subscription"),
        ("/etc/zypp/credentials.d/SCCcredentials", "a SUSE subscription"),
        ("/var/lib/ubuntu-advantage/private/machine-token.json", "an Ubuntu Pro subscription"),
    ];

    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-MIG-030", "The network does not depend on the addresses of the cards", Severity.Medium, Everywhere, guest => Judgement.PassUnless(
            [
                .. guest.Network.Interfaces.Where(card => card is { HardwareAddress: not null, Kind: null or "ethernet" })
                    .Select(card => new Evidence(card.File, card.Line, $"{card.Name}: {card.HardwareAddress}", "no hardware address")),
                .. NameRules.Where(guest.Files.Exists).Select(path => new Evidence(path, null, "there", "not there")),
            ],
            new Evidence(null, null, "no hardware address in the configuration", "no hardware address")))
        {
            Remediation = "Remove the address from the configuration, or give the new card the old address.",
            RestsOn = guest => [guest.Network],
            Reads = NameRules,
        },
        MakeAddresses("GK-MIG-031", Severity.Low, [ProfileCatalog.Migration, Kvm, HyperV, VmWare]),
        MakeAddresses("GK-MIG-032", Severity.High, [AzureCloud]),
        new("GK-MIG-033", "The disk's layout tells which firmware starts it", Severity.High, Everywhere, JudgeFirmware)
        {
            Systems = GuestSystems.Any,
            Remediation = "Make an EFI system partition or a BIOS boot partition and install the boot loader for it.",
        },
        new("GK-MIG-034", "The disk has a size that Azure takes", Severity.Medium, [AzureCloud], guest =>
        {
            const string Expected = "whole mebibytes, at most 4095 GiB";
            var size = guest.Map.Disk.VirtualSizeBytes;
            var evidence = new Evidence(null, null, $"{size} bytes", Expected);
            return size > LargestAzureDisk ? Judgement.Fail(evidence) with { Severity = Severity.Critical } : Judgement.PassWhen(size % Mebibyte == 0, evidence);
        })
        {
            Systems = GuestSystems.Any,
            Remediation = "Convert to a fixed VHD and round its size up to a whole mebibyte.",
        },
        new("GK-MIG-035", "Azure can show what the guest prints when it starts", Severity.Low, [AzureCloud, Kvm], guest =>
            guest.Boot.DefaultEntry is { } entry
                ? Judgement.PassWhen(
                    entry.Parameters.Any(parameter => parameter.StartsWith("console=ttyS0", StringComparison.Ordinal)),
                    new Evidence(guest.Boot.DefaultEntryFile, entry.Line, string.Join(' ', guest.Boot.Parameters("console") is { Count: > 0 } set ? set : ["no console="]), "console=ttyS0"))
                : Judgement.NotAssessable("the default boot entry cannot be told"))
        {
            Remediation = "Add console=tty0 console=ttyS0,115200n8 to the kernel command line.",
            AppliesTo = "guests with GRUB",
            RestsOn = guest => [guest.Boot],
            Exempts = guest => guest.Boot.ConfigurationFile is not null ? null : "the guest has no GRUB configuration",
        },
        new("GK-MIG-036", "The guest swaps to no disk that Azure bills and keeps", Severity.Low, [AzureCloud], guest => Judgement.PassUnless(
            [.. guest.Storage.Swap.Select(swap => new Evidence(swap.File, swap.Line, $"{swap.Specification} is swap", "swap on the temporary disk"))],
            new Evidence("/etc/fstab", null, "no swap", "swap on the temporary disk")))
        {
            Remediation = "Remove the swap and let the agent make it on the temporary disk (ResourceDisk.EnableSwap).",
            RestsOn = guest => [guest.Storage],
        },
        new("GK-MIG-037", "No subscription is bound to this machine", Severity.Info, Everywhere, guest => Judgement.PassUnless(
            [.. Subscriptions.Where(item => guest.Files.Exists(item.Path)).Select(item => new Evidence(item.Path, null, item.What, "none"))],
            new Evidence(null, null, "none found", "none")))
        {
            Remediation = "Ask whether the subscription may be used at the target, and register anew after the move.",
            Reads = [.. Subscriptions.Select(item => item.Path)],
        },
    ];

    private static Check MakeAddresses(string id, Severity severity, IReadOnlyList<string> profiles) =>
        new(id, "The network takes its addresses from the place where the guest is", severity, profiles, guest =>
        {
            const string Expected = "DHCP, or the same network at the target";
            var fixedCards = guest.Network.Interfaces.Where(card => card.Method.Contains("static", StringComparison.Ordinal)).ToList();
            return guest.Network.Interfaces.Count == 0
                ? Judgement.NotAssessable("no interface is configured")
                : Judgement.PassUnless([.. fixedCards.Select(card => Of(card, Expected))], [.. guest.Network.Interfaces.Select(card => Of(card, Expected))]);
        })
        {
            Remediation = "Configure DHCP and have the target reserve the address, or move the network along.",
            AppliesTo = "guests whose network is configured",
            RestsOn = guest => [guest.Network],
        };

    private static Evidence Of(NetworkInterface card, string expected) =>
        new(card.File, card.Line, $"{card.Name}: {card.Method} {string.Join(' ', card.Addresses)}".TrimEnd(), expected);

    private static Judgement JudgeFirmware(Guest guest)
    {
        const string Expected = "an EFI system partition, a BIOS boot partition or an MBR";
        var (scheme, partitions) = (guest.Map.Disk.PartitionScheme, guest.Map.Partitions);
        bool Has(string type) => partitions.Any(partition => partition.Type.Equals(type, StringComparison.OrdinalIgnoreCase));
        var firmware = Has(SystemPartition) || partitions.Any(partition => partition.Type is "0xEF" or "0xef") ? "UEFI: choose a target of the second generation"
            : scheme == "mbr" || Has(BiosBootPartition) ? "BIOS: choose a target of the first generation"
            : null;
        return scheme == "none"
            ? Judgement.NotApplicable("the disk has no partition table")
            : Judgement.PassWhen(firmware is not null, new Evidence(null, null, firmware ?? $"{scheme} with neither", Expected));
    }
}
