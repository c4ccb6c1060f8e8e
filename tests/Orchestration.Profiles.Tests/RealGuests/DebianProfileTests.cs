using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection;
using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Profiles.Tests.RealGuests;

/// <summary>What is known of a real Debian with ufw enabled, AppArmor, and root kept out of SSH.</summary>
public sealed class DebianProfileTests
{
    private static readonly Lazy<Guest> Shared = new(() =>
    {
        var image = DiskImage.Open(new FileByteSource(DebianRoot.Disk));
        return Guest.Open(image, GuestMapper.Map(image));
    });

    [RequiresDebianRootFact]
    public void What_debian_does_right_passes()
    {
        string[] expected =
        [
            "GK-SSH-001", "GK-SSH-004", "GK-FW-001", "GK-FW-003", "GK-MAC-001", "GK-USR-001", "GK-USR-002", "GK-USR-003", "GK-SVC-001", "GK-SVC-004",
            "GK-FILE-001", "GK-FILE-003", "GK-FILE-004", "GK-FILE-007", "GK-LOG-001", "GK-PKG-004", "GK-PKG-005", "GK-PWD-005", "GK-FS-001", "GK-FS-002",
        ];

        Assert.Empty(expected.Except(With(Verdict.Pass)));
    }

    [RequiresDebianRootFact]
    public void What_debian_leaves_open_fails_with_evidence()
    {
        string[] expected = ["GK-SSH-002", "GK-SSH-016", "GK-PWD-001", "GK-PWD-006", "GK-AUD-001", "GK-FILE-006", "GK-NET-006", "GK-FS-008"];

        Assert.Empty(expected.Except(With(Verdict.Fail)));
        Assert.All(Run().Where(result => result.Verdict == Verdict.Fail), result => Assert.NotEmpty(result.Evidence));
        Assert.Equal("/etc/ufw/sysctl.conf", Run().First(result => result.Id == "GK-NET-006").Evidence[0].File);
    }

    [RequiresDebianRootFact]
    public void A_root_without_kernel_and_boot_loader_is_not_judged_for_them()
    {
        Assert.All(Run().Where(result => result.Id.StartsWith("GK-BOOT", StringComparison.Ordinal) || result.Id.StartsWith("GK-MOD", StringComparison.Ordinal)),
            result => Assert.Equal(Verdict.NotApplicable, result.Verdict));
    }

    private static IEnumerable<string> With(Verdict verdict) => Run().Where(result => result.Verdict == verdict).Select(result => result.Id);

    private static IEnumerable<CheckResult> Run() =>
        ProfileCatalog.Profiles.SelectMany(profile => ProfileRunner.Run(profile, Shared.Value, new ProfileOptions { Today = CheckAssert.Today }).Results);
}
