using System.Text.Json;
using Orchestration.GuestFixtures;
using Orchestration.Inspection;

namespace Orchestration.Profiles.Tests;

public sealed class ProfileRunnerTests
{
    private static readonly ProfileOptions Options = new() { Today = CheckAssert.Today };

    private static readonly Guest AnyGuest = new GuestBuilder().Directory("/etc").Build();

    [Fact]
    public void The_score_weighs_what_failed_against_what_could_be_assessed()
    {
        var report = Run(
            Always("A", Severity.Critical, Judgement.Pass()),
            Always("B", Severity.High, Judgement.Fail()),
            Always("C", Severity.Medium, Judgement.Pass()),
            Always("D", Severity.Low, Judgement.Fail()),
            Always("E", Severity.Critical, Judgement.NotAssessable("unknown")),
            Always("F", Severity.Critical, Judgement.NotApplicable("none")),
            Always("G", Severity.Info, Judgement.Fail()));

        // Lost 5 + 1 of 10 + 5 + 2 + 1.
        Assert.Equal(66, report.Score);
        Assert.Equal(Severity.High, report.OverallRisk);
        Assert.Equal(new ProfileSummary(3, new SeverityCounts(0, 1, 0, 1, 1), 2, 3, 1, 1), report.Summary);
    }

    [Fact]
    public void Where_nothing_can_be_assessed_there_is_no_score_and_no_risk()
    {
        var report = Run(Always("A", Severity.High, Judgement.NotAssessable("unknown")));

        Assert.Null(report.Score);
        Assert.Null(report.OverallRisk);
    }

    [Fact]
    public void The_threshold_hides_failed_checks_and_leaves_the_counts()
    {
        var profile = new Profile("test", [Always("A", Severity.Low, Judgement.Fail()), Always("B", Severity.High, Judgement.Fail()), Always("C", Severity.Low, Judgement.Pass())]);

        var report = ProfileRunner.Run(profile, AnyGuest, new ProfileOptions(Severity.Medium) { Today = CheckAssert.Today });

        Assert.Equal(["B", "C"], report.Results.Select(result => result.Id));
        Assert.Equal(2, report.Summary.TotalFindings);
    }

    [Theory]
    [InlineData(true, "Do something.")]
    [InlineData(false, null)]
    public void Remediation_is_given_for_failed_checks_where_it_is_asked_for(bool asked, string? expected)
    {
        var profile = new Profile("test", [Always("A", Severity.Low, Judgement.Fail()), Always("B", Severity.Low, Judgement.Pass())]);

        var report = ProfileRunner.Run(profile, AnyGuest, new ProfileOptions(IncludeRemediation: asked) { Today = CheckAssert.Today });

        Assert.Equal([expected, null], report.Results.Select(result => result.Remediation));
    }

    [Fact]
    public void A_guest_may_raise_the_severity_of_a_check()
    {
        var report = Run(Always("A", Severity.Low, Judgement.Fail() with { Severity = Severity.Critical }));

        Assert.Equal((Severity.Critical, 0), (report.OverallRisk, report.Score));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_not_assessable_and_never_a_pass()
    {
        var check = new Check("A", "Title", Severity.Low, ["test"], guest => Judgement.PassWhen(guest.Users.Users.Count == 0))
        {
            Remediation = "Do something.",
            RestsOn = guest => [guest.Users],
            Files = ["/etc/passwd"],
        };

        var judgement = check.Judge(new GuestBuilder().Damaged("/etc/passwd").Build(), CheckAssert.Today);

        Assert.Equal(Verdict.NotAssessable, judgement.Verdict);
        Assert.Contains("/etc/passwd", judgement.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, check.Judge(new GuestBuilder().Damaged("/etc/group").Build(), CheckAssert.Today).Verdict);
    }

    [Fact]
    public void On_an_unreadable_file_system_nothing_passes()
    {
        var guest = new GuestBuilder().File("/etc/os-release", "ID=debian\n").Directory("/var").MissingMount("/var").Build();

        var results = ProfileRunner.Run(Named("hardening"), guest, Options).Results;

        Assert.Equal(Verdict.NotAssessable, results.Single(result => result.Id == "GK-PKG-001").Verdict);
    }

    [Fact]
    public void A_report_survives_storage()
    {
        var json = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
        var report = ProfileRunner.Run(Named("security"), AnyGuest, Options);

        var stored = JsonSerializer.Serialize(report, json);

        Assert.Equal(stored, JsonSerializer.Serialize(JsonSerializer.Deserialize<ProfileReport>(stored, json), json));
    }

    [Theory]
    [InlineData("security")]
    [InlineData("compliance")]
    [InlineData("hardening")]
    [InlineData("performance")]
    [InlineData("migration-azure")]
    [InlineData("cis-debian-12-level-2")]
    [InlineData("cis-rhel-9-level-2")]
    [InlineData("pci-dss-4")]
    public void A_guest_with_nothing_in_it_is_judged_without_failure(string name)
    {
        var report = ProfileRunner.Run(Named(name), AnyGuest, Options);

        Assert.Equal(Named(name).Checks.Count, report.Results.Count);
        Assert.All(report.Results, result => Assert.True(result.Verdict is Verdict.Pass or Verdict.Fail || result.Reason is not null, result.Id));
    }

    private static Profile Named(string name) => ProfileCatalog.Profiles.Single(profile => profile.Name == name);

    private static Check Always(string id, Severity severity, Judgement judgement) =>
        new(id, "Title", severity, ["test"], _ => judgement) { Remediation = "Do something." };

    private static ProfileReport Run(params Check[] checks) => ProfileRunner.Run(new Profile("test", checks), AnyGuest, Options);

    [Fact]
    public void A_Windows_guest_is_not_asked_what_only_others_can_answer()
    {
        var guest = new GuestBuilder("ntfs").File("/Windows/System32/config/SOFTWARE", new RegistryHiveBuilder().Key("Microsoft").Build()).Build();

        var report = ProfileRunner.Run(ProfileCatalog.Profiles.Single(profile => profile.Name == "hardening"), guest, new ProfileOptions { Today = CheckAssert.Today });

        Assert.All(report.Results, result => Assert.Equal(Verdict.NotApplicable, result.Verdict));
        Assert.Null(report.Score);
    }
}
