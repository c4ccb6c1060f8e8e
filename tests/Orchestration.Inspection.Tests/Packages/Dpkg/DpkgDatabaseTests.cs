using Orchestration.GuestFixtures;
using Orchestration.Inspection.Packages;

namespace Orchestration.Inspection.Tests.Packages.Dpkg;

public sealed class DpkgDatabaseTests
{
    [Fact]
    public void A_stanza_gives_every_field_of_the_package()
    {
        var package = Assert.Single(Read("""
            Package: libssl3
            Status: install ok installed
            Priority: optional
            Section: libs
            Essential: yes
            Installed-Size: 6020
            Maintainer: Debian OpenSSL Team <openssl@example.org>
            Architecture: amd64
            Multi-Arch: same
            Source: openssl (3.0.15-1~deb12u1)
            Version: 3.0.15-1~deb12u1+b2
            Description: Secure Sockets Layer toolkit
             Package: not-a-field
             .
             more text

            """).Installed);

        Assert.Equal(
            new Package("libssl3", "3.0.15-1~deb12u1+b2", "amd64", "openssl", "3.0.15-1~deb12u1",
                "Debian OpenSSL Team <openssl@example.org>", "libs", true, 6020 * 1024, "installed") { Format = "deb" },
            package);
    }

    [Fact]
    public void The_last_stanza_needs_no_empty_line_after_it()
    {
        Assert.Equal(["a", "b"], Names(Read($"{Stanza("a")}\n{Stanza("b").TrimEnd()}")));
    }

    [Theory]
    [InlineData("install ok installed", true)]
    [InlineData("hold ok installed", true)]
    [InlineData("install ok triggers-pending", true)]
    [InlineData("install ok triggers-awaited", true)]
    [InlineData("install ok half-installed", false)]
    [InlineData("install ok half-configured", false)]
    [InlineData("install ok unpacked", false)]
    [InlineData("deinstall ok config-files", false)]
    [InlineData("unknown ok not-installed", false)]
    [InlineData("install reinstreq half-installed", false)]
    public void Only_the_third_word_of_the_status_says_whether_it_is_installed(string status, bool installed)
    {
        var packages = Read(Stanza("a", status: status));

        Assert.Equal(installed ? 1 : 0, packages.Installed.Count);
        Assert.Equal(installed ? 0 : 1, packages.NotInstalled.GetValueOrDefault(status.Split(' ')[2]));
    }

    [Fact]
    public void Epoch_and_hyphens_of_a_version_are_kept()
    {
        Assert.Equal("1:2.36.1-8+deb11u1-3", Read(Stanza("a", version: "1:2.36.1-8+deb11u1-3")).Find("a")?.Version);
    }

    [Fact]
    public void One_package_in_two_architectures_is_two_packages()
    {
        var packages = Read($"{Stanza("libc6", architecture: "i386")}\n{Stanza("libc6")}").Installed;

        Assert.Equal(["amd64", "i386"], packages.Select(package => package.Architecture));
    }

    [Fact]
    public void Without_a_source_field_the_package_is_its_own_source()
    {
        var package = Read(Stanza("bash", version: "5.2-1")).Find("bash");

        Assert.Equal(("bash", "5.2-1"), (package?.SourceName, package?.SourceVersion));
    }

    [Fact]
    public void A_source_without_a_version_has_the_packages_version()
    {
        var package = Read(Stanza("libc6", version: "2.36-9") + "Source: glibc\n").Find("libc6");

        Assert.Equal(("glibc", "2.36-9"), (package?.SourceName, package?.SourceVersion));
    }

    [Fact]
    public void Field_names_are_compared_without_regard_to_case()
    {
        Assert.True(Read("package: a\nSTATUS: install ok installed\nversion: 1\narchitecture: all\n").Has("a"));
    }

    [Fact]
    public void Images_without_dpkg_keep_a_file_for_each_package()
    {
        var packages = new GuestBuilder()
            .File("/var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12.4\nArchitecture: amd64\n")
            .File("/var/lib/dpkg/status.d/base.md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/share/x\n").Build().Packages;

        Assert.Equal(("base-files", "installed"), (Assert.Single(packages.Installed).Name, packages.Installed[0].Status));
        Assert.Empty(packages.Warnings);
    }

    [Fact]
    public void What_an_interrupted_dpkg_left_in_its_journal_wins()
    {
        var packages = new GuestBuilder()
            .File("/var/lib/dpkg/status", Stanza("nginx", version: "1.22"))
            .File("/var/lib/dpkg/updates/0000", Stanza("nginx", version: "1.24"))
            .File("/var/lib/dpkg/updates/tmp.i", Stanza("nginx", version: "9")).Build().Packages;

        Assert.Equal("1.24", Assert.Single(packages.Installed).Version);
    }

    [Fact]
    public void A_damaged_stanza_costs_only_itself()
    {
        var packages = Read($"Package: broken\nStatus: installed\n\n{Stanza("whole")}");

        Assert.Equal(["whole"], Names(packages));
        Assert.Contains("broken", Assert.Single(packages.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_database_there_is_no_format()
    {
        Assert.Null(new GuestBuilder().Directory("/etc").Build().Packages.Format);
    }

    private static string Stanza(string name, string status = "install ok installed", string version = "1.0-1", string architecture = "amd64") =>
        $"Package: {name}\nStatus: {status}\nArchitecture: {architecture}\nVersion: {version}\n";

    private static PackageFacts Read(string status) => new GuestBuilder().File("/var/lib/dpkg/status", status).Build().Packages;

    private static IEnumerable<string> Names(PackageFacts packages) => packages.Installed.Select(package => package.Name);
}
