using Orchestration.GuestFixtures;
using Orchestration.Inspection.Packages;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Packages.Rpm;

/// <summary>rpm's databases beside what <c>rpm -qa</c> says of the same files.</summary>
public sealed class RpmDatabaseTests(RpmDatabaseFiles files) : IClassFixture<RpmDatabaseFiles>
{
    private const string Format =
        "%{NAME}|%{EVR}|%{ARCH}|%{SOURCERPM}|%{LICENSE}|%{GROUP}|%{PACKAGER}|%{SIZE}|%{INSTALLTIME}";

    [RequiresToolFact("rpm", "rpmbuild")]
    public void Sqlite_gives_what_rpm_lists()
    {
        Assert.Equal(RpmDatabaseFiles.Query(files.Sqlite, "sqlite", Format), Describe(ReadFile(files.Sqlite, "rpmdb.sqlite")));
    }

    [RequiresToolTheory("rpm", "rpmbuild", "sqlite3", "db5.3_load")]
    [InlineData(4096, true)]
    [InlineData(512, true)]
    [InlineData(65536, true)]
    [InlineData(4096, false)]
    public void A_hash_file_of_Berkeley_DB_gives_what_rpm_lists(int pageLength, bool littleEndian)
    {
        var folder = files.MakeBerkeley(pageLength, littleEndian);

        var found = Describe(ReadFile(folder, "Packages"));

        Assert.Equal(RpmDatabaseFiles.Query(littleEndian ? folder : files.Sqlite, littleEndian ? "bdb_ro" : "sqlite", Format), found);
    }

    [RequiresToolFact("rpm", "rpmbuild", "sqlite3")]
    public void The_form_ndb_gives_what_rpm_lists()
    {
        var guest = new GuestBuilder().File("/usr/lib/sysimage/rpm/Packages.db", NdbBuilder.Build(files.ReadHeaders()))
            .Link("/var/lib/rpm", "../../usr/lib/sysimage/rpm").Build();

        Assert.Equal(RpmDatabaseFiles.Query(files.Sqlite, "sqlite", Format), Describe(guest.Packages));
        Assert.Equal(("/var/lib/rpm/Packages.db", 3), (Assert.Single(guest.Packages.Databases).Path, guest.Packages.Databases[0].Packages));
    }

    [RequiresToolFact("rpm", "rpmbuild", "sqlite3")]
    public void Packages_that_are_only_in_the_write_ahead_log_are_found()
    {
        // As after a power failure: the log was committed, and never copied into the database.
        Tool.Run("sqlite3", [Path.Combine(files.Sqlite, "rpmdb.sqlite")], $"""
            pragma journal_mode=wal;
            pragma wal_autocheckpoint=0;
            delete from Packages where hnum = 1;
            update Packages set hnum = 77 where hnum = 2;
            .shell mkdir {files.Sqlite}/crashed && cp {files.Sqlite}/rpmdb.sqlite {files.Sqlite}/rpmdb.sqlite-wal {files.Sqlite}/crashed

            """);
        var crashed = Path.Combine(files.Sqlite, "crashed");
        var without = ReadFile(crashed, "rpmdb.sqlite");

        var packages = new GuestBuilder().File("/var/lib/rpm/rpmdb.sqlite", File.ReadAllBytes($"{crashed}/rpmdb.sqlite"))
            .File("/var/lib/rpm/rpmdb.sqlite-wal", File.ReadAllBytes($"{crashed}/rpmdb.sqlite-wal")).Build().Packages;

        Assert.Equal((3, 2), (without.Installed.Count, packages.Installed.Count));
        Assert.Equal(RpmDatabaseFiles.Query(crashed, "sqlite", Format), Describe(packages));
    }

    private static PackageFacts ReadFile(string folder, string name) =>
        new GuestBuilder().File($"/var/lib/rpm/{name}", File.ReadAllBytes(Path.Combine(folder, name))).Build().Packages;

    private static IEnumerable<string> Describe(PackageFacts packages)
    {
        Assert.Empty(packages.Warnings);
        return packages.Installed.Select(package => string.Join(
            '|',
            package.Name,
            package.Version,
            package.Architecture,
            $"{package.SourceName}-{package.SourceVersion[(package.SourceVersion.IndexOf(':', StringComparison.Ordinal) + 1)..]}.src.rpm",
            package.Licence,
            package.Section ?? "Unspecified",
            package.Maintainer,
            package.InstalledSizeBytes,
            package.InstalledAt?.ToUnixTimeSeconds())).Order(StringComparer.Ordinal);
    }
}
