using Orchestration.GuestFixtures;

namespace Orchestration.Profiles.Tests;

public sealed class WaiverTests
{
    private const string Id = "GK-SSH-002";

    [Fact]
    public void A_waived_failure_counts_neither_as_failed_nor_in_the_score()
    {
        var report = Run(new Waiver(Id, "jump host", CheckAssert.Today, ApprovedBy: "ann"));

        Assert.Equal((Verdict.Waived, "waived until 2026-07-01 by ann: jump host"), (report.Results[0].Verdict, report.Results[0].Reason));
        Assert.Equal((0, 1, (int?)null), (report.Summary.Failed, report.Summary.Waived, report.Score));
    }

    [Fact]
    public void An_expired_waiver_is_named_and_waives_nothing()
    {
        var report = Run(new Waiver(Id, "jump host", CheckAssert.Today.AddDays(-1)));

        Assert.Equal(Verdict.Fail, report.Results[0].Verdict);
        Assert.Equal([$"The waiver of {Id} expired on 2026-06-30."], report.Notes);
    }

    [Theory]
    [InlineData("/etc/ssh/*", null, Verdict.Waived)]
    [InlineData("/etc/ssh/sshd_config.d/*", null, Verdict.Fail)]
    [InlineData(null, "images/web*", Verdict.Waived)]
    [InlineData(null, "images/db*", Verdict.Fail)]
    public void A_waiver_may_hold_for_some_files_or_images_only(string? file, string? image, Verdict expected) =>
        Assert.Equal(expected, Run(new Waiver(Id, "jump host", CheckAssert.Today, file, image)).Results[0].Verdict);

    [Fact]
    public void A_check_that_passes_needs_no_waiver()
    {
        var report = Run(new Waiver(Id, "jump host", CheckAssert.Today), "PasswordAuthentication no\n");

        Assert.Equal(Verdict.Pass, report.Results[0].Verdict);
    }

    [Fact]
    public void A_file_of_waivers_is_yaml_or_json()
    {
        Waiver[] expected = [new(Id, "jump host", new DateOnly(2026, 12, 31), "/etc/ssh/*")];

        Assert.Equal(expected, WaiverFile.Parse("waivers:\n- check: GK-SSH-002\n  reason: jump host\n  expires: 2026-12-31\n  file: /etc/ssh/*\n"));
        Assert.Equal(expected, WaiverFile.Parse("""{"waivers": [{"check": "GK-SSH-002", "reason": "jump host", "expires": "2026-12-31", "file": "/etc/ssh/*"}]}"""));
    }

    [Theory]
    [InlineData("- check: GK-SSH-002", 1, "the one member 'waivers'")]
    [InlineData("waivers:\n- check: GK-SSH-002\n  reason: x", 2, "expected 'expires', found nothing")]
    [InlineData("waivers:\n- check: GK-SSH-002\n  reason: x\n  expires: never", 2, "found 'never'")]
    [InlineData("waivers:\n- check: GK-SSH-999\n  reason: x\n  expires: 2026-12-31", 2, "found 'GK-SSH-999'")]
    [InlineData("waivers:\n- check: GK-SSH-002\n  reason: x\n  until: 2026-12-31", 2, "found 'until'")]
    [InlineData("waivers: [", 2, "expected YAML")]
    [InlineData("", 1, "expected one document")]
    public void A_file_that_is_not_understood_is_refused_with_the_line(string text, int line, string message)
    {
        var exception = Assert.Throws<WaiverException>(() => WaiverFile.Parse(text));

        Assert.Equal(line, exception.Line);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_benchmark_of_another_system_says_so()
    {
        var fedora = new GuestBuilder().File("/etc/os-release", "ID=fedora\nVERSION_ID=42\nPRETTY_NAME=\"Fedora Linux 42\"\n").Build();
        var profile = ProfileCatalog.Profiles.Single(candidate => candidate.Name == "cis-debian-12-level-1");

        var report = ProfileRunner.Run(profile, fedora, new ProfileOptions { Today = CheckAssert.Today });

        Assert.Equal(["The benchmark is written for Debian 12; the guest is Fedora Linux 42."], report.Notes);
    }

    private static ProfileReport Run(Waiver waiver, string configuration = "PasswordAuthentication yes\n")
    {
        var profile = new Profile("test", [.. ProfileCatalog.Checks.Where(check => check.Id == Id)]);
        return ProfileRunner.Run(
            profile,
            new GuestBuilder().File("/etc/ssh/sshd_config", configuration).Build(),
            new ProfileOptions { Today = CheckAssert.Today, Waivers = [waiver], Image = "images/web01.qcow2" });
    }
}
