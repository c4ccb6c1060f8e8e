using Orchestration.GuestFixtures;
using Orchestration.Inspection.Packages;

namespace Orchestration.Inspection.Tests.Packages.Portage;

public sealed class PortageDatabaseTests
{
    [Fact]
    public void A_package_has_every_field_that_portage_records()
    {
        var packages = new GuestBuilder().File("/var/db/pkg/dev-libs/openssl-3.1.5-r1/LICENSE", "Apache-2.0\n").File("/var/db/pkg/dev-libs/openssl-3.1.5-r1/CHOST", "x86_64-pc-linux-gnu\n")
            .File("/var/db/pkg/dev-libs/openssl-3.1.5-r1/SIZE", "8273645\n").File("/var/db/pkg/dev-libs/openssl-3.1.5-r1/repository", "gentoo\n").Build().Packages;

        Assert.Equal(
            new Package("dev-libs/openssl", "3.1.5-r1", "x86_64", "dev-libs/openssl", "3.1.5-r1", "gentoo", "dev-libs", false, 8273645, "installed")
            {
                Format = "portage",
                Licence = "Apache-2.0",
            },
            Assert.Single(packages.Installed));
    }

    [Theory]
    [InlineData("gtk+-2.24.33-r3", "x/gtk+", "2.24.33-r3")]
    [InlineData("xorg-server-21.1.11_pre20240101_p2", "x/xorg-server", "21.1.11_pre20240101_p2")]
    [InlineData("font-misc-100dpi-1.0.4", "x/font-misc-100dpi", "1.0.4")]
    [InlineData("jpeg-9e", "x/jpeg", "9e")]
    public void A_version_is_told_from_the_name_before_it(string directory, string name, string version)
    {
        var package = Assert.Single(new GuestBuilder().Directory($"/var/db/pkg/x/{directory}").Build().Packages.Installed);

        Assert.Equal((name, version), (package.Name, package.Version));
    }

    [Fact]
    public void A_merge_that_did_not_finish_is_not_installed()
    {
        Assert.Empty(new GuestBuilder().Directory("/var/db/pkg/dev-libs/-MERGING-openssl-3.1.5").Build().Packages.Installed);
    }
}
