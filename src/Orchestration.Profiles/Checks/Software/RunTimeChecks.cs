using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Software;

/// <summary>Questions that people ask and that no disk can answer, so that a report does not look as if nobody had asked.</summary>
internal static class RunTimeChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new("GK-RUN-001", "Only wanted ports are open", Severity.High, [Security], _ =>
            Judgement.NotAssessable("which ports are open is known in a running guest only; enabled services say which may be"))
        {
            Remediation = "Look at ss -tulpn in the running guest.",
        },
        new("GK-RUN-002", "The kernel works in FIPS mode", Severity.Medium, [Compliance], _ =>
            Judgement.NotAssessable("/proc/sys/crypto/fips_enabled exists in a running guest only; GK-BOOT-005 tells what is asked of the kernel"))
        {
            Remediation = "Look at /proc/sys/crypto/fips_enabled in the running guest.",
        },
        new("GK-RUN-003", "The rules in the kernel are those of the firewall's files", Severity.Medium, [Security], _ =>
            Judgement.NotAssessable("the rules in force are known in a running guest only"))
        {
            Remediation = "Look at nft list ruleset in the running guest.",
        },
    ];
}
