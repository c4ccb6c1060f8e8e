using Orchestration.GuestFixtures;
using Orchestration.Inspection.Packages;

namespace Orchestration.Inspection.Tests.Packages.Pacman;

public sealed class PacmanDatabaseTests
{
    private const string Description = """
        %NAME%
        util-linux-libs

        %VERSION%
        2:2.39.3-1

        %BASE%
        util-linux

        %DESC%
        util-linux runtime libraries

        %ARCH%
        x86_64

        %BUILDDATE%
        1701779400

        %INSTALLDATE%
        1702300000

        %PACKAGER%
        Tobias Powalowski <tpowa@example.org>

        %SIZE%
        1321000

        %LICENSE%
        BSD
        LGPL

        %DEPENDS%
        glibc
        """;

    [Fact]
    public void A_package_has_every_field_that_pacman_records()
    {
        var packages = new GuestBuilder().File("/var/lib/pacman/local/ALPM_DB_VERSION", "9\n")
            .File("/var/lib/pacman/local/util-linux-libs-2:2.39.3-1/desc", Description).Build().Packages;

        Assert.Equal(
            new Package("util-linux-libs", "2:2.39.3-1", "x86_64", "util-linux", "2:2.39.3-1", "Tobias Powalowski <tpowa@example.org>", null, false, 1321000, "installed")
            {
                Format = "pacman",
                Licence = "BSD, LGPL",
                InstalledAt = DateTimeOffset.FromUnixTimeSeconds(1702300000),
            },
            Assert.Single(packages.Installed));
        Assert.Empty(packages.Warnings);
    }

    [Fact]
    public void A_package_that_cannot_be_read_costs_only_itself()
    {
        var packages = new GuestBuilder().Damaged("/var/lib/pacman/local/a-1/desc").File("/var/lib/pacman/local/b-1/desc", "%NAME%\nb\n\n%VERSION%\n1-1\n")
            .File("/var/lib/pacman/local/c-1/desc", "%NAME%\n").Build().Packages;

        Assert.Equal("b", Assert.Single(packages.Installed).Name);
        Assert.Equal([("/var/lib/pacman/local/a-1/desc", true), ("/var/lib/pacman/local/c-1/desc", false)], packages.Warnings.Select(warning => (warning.File, warning.Unreadable)));
    }
}
