using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks;

/// <summary>TLS certificates that the guest has.</summary>
internal static class CertificateChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-TLS-001", "Certificates of the machine are counted", Severity.Info, [Security], guest =>
            Judgement.Pass(
            [
                new Evidence(null, null, $"{guest.Certificates.Local.Count} of its own, {guest.Certificates.Authorities} authorities", "for information"),
                .. guest.Certificates.Local.Take(20).Select(path => new Evidence(path, null, "a certificate of this machine", "for information")),
            ]))
        {
            Remediation = "Nothing to do.",
            RestsOn = guest => [guest.Certificates],
        },
    ];
}
