using System.Text.RegularExpressions;
using Orchestration.Inspection;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Files;

/// <summary>What is told to whoever connects, and who can change it.</summary>
internal static partial class BannerChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        MakeText("GK-BAN-001", "The message of the day tells nothing of the system", "/etc/motd", Cis("1.6.1"), CisLinux("1.7.1.1"), CisRedHat("1.7.1")),
        MakeText("GK-BAN-002", "The greeting at the console tells nothing of the system", "/etc/issue", Cis("1.6.2"), CisLinux("1.7.1.2"), CisRedHat("1.7.2")),
        MakeText("GK-BAN-003", "The greeting over the network tells nothing of the system", "/etc/issue.net", Cis("1.6.3"), CisLinux("1.7.1.3"), CisRedHat("1.7.3")),
        MakeAccess("GK-BAN-004", "/etc/motd", Cis("1.6.4"), CisLinux("1.7.1.4"), CisRedHat("1.7.4")),
        MakeAccess("GK-BAN-005", "/etc/issue", Cis("1.6.5"), CisLinux("1.7.1.5"), CisRedHat("1.7.5")),
        MakeAccess("GK-BAN-006", "/etc/issue.net", Cis("1.6.6"), CisLinux("1.7.1.6"), CisRedHat("1.7.6")),
    ];

    private static Check MakeText(string id, string title, string path, params Reference[] references) => Make(id, title, path, guest =>
    {
        const string Expected = "neither \\m, \\r, \\s, \\v nor the distribution's name";
        var name = guest.OperatingSystem.Distribution;
        return Judgement.PassUnless(
            [.. GuestText.Lines(guest, path).Where(line => Escapes().IsMatch(line.Text) || Words(line.Text).Contains(name, StringComparer.OrdinalIgnoreCase))
                .Select(line => line.Expect(Expected))],
            new Evidence(path, null, "nothing of the kind", Expected));
    }) with
    {
        References = references,
        Remediation = $"Write the organisation's notice into {path}, without the escapes of agetty(8) and the name of the system.",
        RestsOn = guest => [guest.OperatingSystem],
    };

    private static Check MakeAccess(string id, string path, params Reference[] references) =>
        Make(id, $"Only root can change {path}", path, guest => guest.Files.Find(path) is { } file
            ? Judgement.PassWhen(!file.Exceeds(0b110_100_100), new Evidence(path, null, Judgement.DescribeAccess(file), "mode 0644 or less, owner 0:0"))
            : Judgement.NotApplicable($"the guest has no {path}")) with
        {
            References = references,
            Remediation = $"chown root:root and chmod 0644 {path}.",
        };

    private static Check Make(string id, string title, string path, Func<Guest, Judgement> evaluate) => new(id, title, Severity.Low, [Compliance], evaluate)
    {
        Remediation = "",
        AppliesTo = $"guests with {path}",
        Reads = [path],
        Exempts = guest => guest.Files.Exists(path) ? null : $"the guest has no {path}",
    };

    private static string[] Words(string text) => text.Split([' ', '\t', ',', '.', '/', '!'], StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\\[mrsv]")]
    private static partial Regex Escapes();
}
