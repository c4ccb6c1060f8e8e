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

    private static GuestSnapshot Configuration(string json) => Nothing with { Configuration = ConfigurationReader.Read(JsonDocument.Parse(json).RootElement) };

    private static GuestSnapshot Files(GuestBuilder guest) => Nothing with { Files = FileFingerprints.Read(guest.Build(), ["/etc"], [], CancellationToken.None) };

    private static GuestComparison Compare(GuestSnapshot baseline, GuestSnapshot target) => GuestComparer.Compare(baseline, target, ignoreTimestamps: true);
}
