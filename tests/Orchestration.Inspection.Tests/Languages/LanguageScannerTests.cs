using Orchestration.DiskImages;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;
using Orchestration.Inspection.Tests.Packages.Rpm;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Languages;

/// <summary>How far the search goes, and what it says of what it found.</summary>
public sealed class LanguageScannerTests
{
    private const string Metadata = "Name: tool\nVersion: 1.0\n\n";

    [Fact]
    public void Links_and_the_kernels_own_directories_are_not_entered()
    {
        var found = Scan(new GuestBuilder().File("/opt/a-1.dist-info/METADATA", Metadata).File("/proc/1/root/a-1.dist-info/METADATA", Metadata)
            .File("/sys/a-1.dist-info/METADATA", Metadata).Link("/srv", "/opt").Link("/opt/loop", "/opt")).Found;

        Assert.Equal("/opt/a-1.dist-info/METADATA", Assert.Single(found).Path);
    }

    [Fact]
    public void Other_file_systems_of_the_guest_are_searched_where_they_are_mounted()
    {
        var data = new InMemoryFileSystem { Identity = new("ext4", "6d9e4a3c-0000-4000-8000-000000000002", null, null) };
        data.AddFile("/a-1.dist-info/METADATA", System.Text.Encoding.ASCII.GetBytes(Metadata), 0x1A4, 0, 0);

        Assert.Equal("/srv/data/a-1.dist-info/METADATA", Assert.Single(Scan(new GuestBuilder().Directory("/srv/data").Mount("/srv/data", data)).Found).Path);
    }

    [Fact]
    public void What_cannot_be_read_is_a_warning_and_costs_nothing_else()
    {
        var facts = Scan(new GuestBuilder().File("/opt/a-1.dist-info/METADATA", Metadata).Damaged("/opt/b-1.dist-info/METADATA").Directory("/data").MissingMount("/data"));

        Assert.Equal(["/data", "/opt/b-1.dist-info/METADATA"], facts.Warnings.Select(warning => warning.File));
        Assert.Single(facts.Found);
    }

    [Theory]
    [InlineData("dpkg", "python3-tool")]
    [InlineData("apk", "py3-tool")]
    [InlineData("pacman", "python-tool")]
    public void What_the_distribution_brought_is_told_from_what_others_installed(string format, string owner)
    {
        const string Own = "/usr/lib/python3/dist-packages/tool-1.0.dist-info/METADATA";
        const string Foreign = "/usr/local/lib/python3.11/dist-packages/tool-1.0.dist-info/METADATA";
        var guest = new GuestBuilder().File(Own, Metadata).File(Foreign, Metadata);
        _ = format switch
        {
            "dpkg" => guest.File("/var/lib/dpkg/info/python3-tool:all.list", $"/.\n/usr\n{Own["/usr".Length..]}\n"),
            "apk" => guest.File("/lib/apk/db/installed", "P:other\nF:etc\nR:x\n\nP:py3-tool\nV:1\nF:usr/lib/python3/dist-packages/tool-1.0.dist-info\nR:METADATA\n\n"),
            _ => guest.File("/var/lib/pacman/local/python-tool-1.0-1/files", $"%FILES%\nusr/\n{Own[1..]}\n"),
        };

        Assert.Equal([(Own, owner), (Foreign, null)], Scan(guest).Found.Select(package => (package.Path, package.Owner)));
    }

    [RequiresToolFact("rpm", "rpmbuild")]
    public void What_an_rpm_brought_is_its_own()
    {
        const string Path = "/usr/lib/python3.9/site-packages/tool-1.0.dist-info/METADATA";
        using var files = new RpmDatabaseFiles();

        var package = Assert.Single(Scan(new GuestBuilder().File(Path, Metadata).File("/var/lib/rpm/rpmdb.sqlite", File.ReadAllBytes(System.IO.Path.Combine(files.Sqlite, "rpmdb.sqlite")))).Found);

        Assert.Equal((Path, "beta-libs"), (package.Path, package.Owner));
    }

    [Fact]
    public void A_limit_ends_the_search_and_is_said()
    {
        var guest = new GuestBuilder();
        for (var number = 0; number < 2000; number++)
        {
            guest.File($"/opt/{number}/a-{number}.dist-info/METADATA", Metadata);
        }

        LanguageScanOptions[] limits =
        [
            new() { MaximumFiles = 600 }, new() { MaximumDirectories = 1500 }, new() { MaximumPackages = 600 }, new() { MaximumBytes = 10_000 }, new() { MaximumEntries = 1500 }, new() { MaximumTime = TimeSpan.Zero },
        ];
        var built = guest.Build();
        Assert.All(limits, limit =>
        {
            var facts = LanguageScanner.Scan(built, limit, CancellationToken.None);
            Assert.False(facts.Complete);
            Assert.InRange(facts.Found.Count, 0, 1999);
            Assert.Contains(facts.Warnings, warning => warning is { File: "/", Unreadable: true });
        });
    }

    [Fact]
    public void Progress_is_told_while_it_goes_on()
    {
        var said = new List<string>();

        LanguageScanner.Scan(new GuestBuilder().File("/opt/a-1.dist-info/METADATA", Metadata).Build(), new LanguageScanOptions { Report = said.Add }, CancellationToken.None);

        Assert.Contains("1 files", said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_ends_it()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => LanguageScanner.Scan(new GuestBuilder().Directory("/etc").Build(), new LanguageScanOptions(), cancellation.Token));
    }

    [Fact]
    public void Storage_that_fails_fails_the_search()
    {
        var builder = new GuestBuilder().File("/opt/a-1.dist-info/METADATA", Metadata);
        builder.FileSystem.Damage("/opt/a-1.dist-info/METADATA", new DiskImageException(DiskImageError.Unavailable, "blob", null, "the storage did not answer"));

        Assert.Equal(DiskImageError.Unavailable, Assert.Throws<DiskImageException>(() => Scan(builder)).Error);
    }

    private static LanguagePackageFacts Scan(GuestBuilder builder) => LanguageScanner.Scan(builder.Build(), new LanguageScanOptions(), CancellationToken.None);
}
