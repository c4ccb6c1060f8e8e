using System.Text.Json;
using Orchestration.GuestFixtures;
using Orchestration.Profiles.Comparison;

namespace Orchestration.Profiles.Tests.Comparison;

public sealed class GuestComparerTests
{
    [Theory]
    [InlineData("deb", "1.0-1", "1.0-2", "upgraded")]
    [InlineData("deb", "1.0-1", "1.0~rc1-1", "downgraded")]
    [InlineData("rpm", "1.0-1", "1.0^1-1", "upgraded")]
    [InlineData("pacman", "1.0-1", "1.0-2", "changed")]
    public void A_package_is_upgraded_or_downgraded_by_the_order_of_its_own_system(string format, string from, string to, string expected)
    {
        var comparison = Compare(Packages(new SnapshotPackage("tool", "amd64", from, format)), Packages(new SnapshotPackage("tool", "amd64", to, format)));

        Assert.Equal([new Change(expected, "tool (amd64)", from, to)], comparison.Packages!);
        Assert.False(comparison.Identical);
    }

    [Fact]
    public void A_name_in_several_versions_gains_and_loses_single_ones()
    {
        SnapshotPackage Kernel(string version) => new("kernel", "x86_64", version, "rpm");

        var comparison = Compare(Packages(Kernel("1"), Kernel("2")), Packages(Kernel("2"), Kernel("3"), Kernel("4")));

        Assert.Equal([new Change("removed", "kernel (x86_64)", "1", null), new Change("added", "kernel (x86_64)", null, "3"), new Change("added", "kernel (x86_64)", null, "4")], comparison.Packages!);
    }

    [Theory]
    [InlineData("npm", "1.9.0", "1.10.0", "upgraded")]
    [InlineData("PyPI", "2.0", "2.0rc1", "downgraded")]
    [InlineData("Hex", "1.0", "2.0", "changed")]
    public void Packages_of_languages_are_compared_by_the_order_of_their_ecosystem(string ecosystem, string from, string to, string expected)
    {
        var comparison = Compare(Languages(new SnapshotLanguagePackage(ecosystem, "tool", from)), Languages(new SnapshotLanguagePackage(ecosystem, "tool", to)));

        Assert.Equal([new Change(expected, $"tool ({ecosystem})", from, to)], comparison.LanguagePackages!);
        Assert.False(comparison.Identical);
    }

    [Fact]
    public void Packages_of_languages_that_one_side_was_not_searched_for_are_a_note()
    {
        var comparison = Compare(Languages(new SnapshotLanguagePackage("npm", "tool", "1")) with { Packages = [] }, Packages());

        Assert.Null(comparison.LanguagePackages);
        Assert.Equal(["The packages of languages of the target are not known, and were not compared."], comparison.Notes);
    }

    [Fact]
    public void Rules_without_a_name_are_known_by_what_they_are_about()
    {
        var comparison = Compare(
            Configuration("""{"authentication":{"pam_rules":[{"service":"su","type":"auth","module":"pam_unix.so","control":"required","line":1}]}}"""),
            Configuration("""{"authentication":{"pam_rules":[{"service":"su","type":"auth","module":"pam_wheel.so","control":"required","line":1},{"service":"su","type":"auth","module":"pam_unix.so","control":"sufficient","line":2}]}}"""));

        Assert.Contains(new Change("changed", "authentication: pam_rules[su auth pam_unix.so].control", "required", "sufficient"), comparison.Configuration!);
        Assert.DoesNotContain(comparison.Configuration!, change => change.Kind == "removed");
    }

    [Fact]
    public void Settings_are_known_by_their_names_and_not_by_their_lines()
    {
        var comparison = Compare(
            Configuration("""{"ssh":{"options":[{"keyword":"port","value":"22","line":1},{"keyword":"banner","value":"none","line":2}],"warnings":[1]}}"""),
            Configuration("""{"ssh":{"options":[{"keyword":"x11forwarding","value":"no","line":1},{"keyword":"port","value":"2222","line":2},{"keyword":"banner","value":"none","line":3}],"warnings":[]}}"""));

        Assert.Equal(
            [
                new Change("changed", "ssh: options[port].value", "22", "2222"),
                new Change("added", "ssh: options[x11forwarding].keyword", null, "x11forwarding"),
                new Change("added", "ssh: options[x11forwarding].value", null, "no"),
            ],
            comparison.Configuration!);
    }

    [Fact]
    public void What_is_known_of_one_of_the_two_only_is_a_note_and_no_difference()
    {
        var comparison = Compare(Configuration("""{"ssh":{"installed":true}}"""), Configuration("""{"ssh":{"installed":true},"users":{"users":[]}}""") with { Packages = [] });

        Assert.Empty(comparison.Configuration!);
        Assert.Null(comparison.Packages);
        Assert.True(comparison.Identical);
        Assert.Equal(2, comparison.Notes.Count);
    }

    [Fact]
    public void Where_nothing_was_compared_nothing_is_called_identical() => Assert.False(Compare(Nothing, Nothing).Identical);

    [Theory]
    [InlineData(Verdict.Pass, Verdict.Fail, "broken")]
    [InlineData(Verdict.Fail, Verdict.Pass, "fixed")]
    [InlineData(Verdict.Fail, Verdict.NotAssessable, "changed")]
    public void Verdicts_break_and_are_fixed(Verdict from, Verdict to, string expected)
    {
        GuestSnapshot With(Verdict verdict) => Nothing with { Findings = new Dictionary<string, SnapshotFinding> { ["GK-SSH-001"] = new("Title", Severity.High, verdict) } };

        Assert.Equal(expected, Assert.Single(Compare(With(from), With(to)).Findings!).Kind);
    }

    [Fact]
    public void Files_are_compared_by_content_mode_and_owner_and_by_time_where_asked()
    {
        var baseline = new GuestBuilder().File("/etc/same", "a").File("/etc/content", "a").File("/etc/mode", "a").Link("/etc/link", "same").File("/etc/gone", "a");
        var target = new GuestBuilder().File("/etc/same", "a").File("/etc/content", "b").File("/etc/mode", "a", 600).Link("/etc/link", "content").File("/etc/new", "a");

        var changes = GuestComparer.Compare(Files(baseline), Files(target), ignoreTimestamps: true).Files!;

        Assert.Equal(
            ["changed /etc/content", "removed /etc/gone", "changed /etc/link", "changed /etc/mode", "added /etc/new"], changes.Select(change => $"{change.Kind} {change.What}"));
        var later = Files(baseline) with { Files = Files(baseline).Files!.ToDictionary(file => file.Key, file => file.Value with { Modified = DateTimeOffset.UnixEpoch.AddDays(1) }) };
        Assert.True(GuestComparer.Compare(Files(baseline), later, ignoreTimestamps: true).Identical);
        Assert.False(GuestComparer.Compare(Files(baseline), later, ignoreTimestamps: false).Identical);
    }

    [Fact]
    public void Files_that_cannot_be_read_are_counted_in_words()
    {
        var notes = new List<string>();

        var files = FileFingerprints.Read(new GuestBuilder().File("/etc/good", "a").Damaged("/etc/bad").Build(), ["/etc"], notes, CancellationToken.None);

        Assert.Contains("/etc/good", files.Keys);
        Assert.Equal(["1 files could not be read."], notes);
    }

    private static GuestSnapshot Nothing => new("images/a", "Debian", null, null, null, null);

    private static GuestSnapshot Packages(params SnapshotPackage[] packages) => Nothing with { Packages = packages };

    private static GuestSnapshot Languages(params SnapshotLanguagePackage[] packages) => Nothing with { LanguagePackages = packages };

    private static GuestSnapshot Configuration(string json) => Nothing with { Configuration = ConfigurationReader.Read(JsonDocument.Parse(json).RootElement) };

    private static GuestSnapshot Files(GuestBuilder guest) => Nothing with { Files = FileFingerprints.Read(guest.Build(), ["/etc"], [], CancellationToken.None) };

    private static GuestComparison Compare(GuestSnapshot baseline, GuestSnapshot target) => GuestComparer.Compare(baseline, target, ignoreTimestamps: true);
}
