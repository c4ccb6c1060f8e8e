using Orchestration.GuestFixtures;
using Orchestration.Inspection.Packages;

namespace Orchestration.Inspection.Tests.Packages.Alpine;

public sealed class ApkDatabaseTests
{
    private const string Openssl = """
        C:Q1u9dPbRFzNTBNJzsuRmQxCj9tQZo=
        P:libcrypto3
        V:3.1.4-r5
        A:x86_64
        S:1711234
        I:4280320
        T:Crypto library from openssl
        U:https://www.openssl.org/
        L:Apache-2.0
        o:openssl
        m:Ariadne Conill <ariadne@example.org>
        t:1706286012
        F:lib
        R:libcrypto.so.3
        a:0:0:755
        Z:Q1abcdefghijklmnopqrstuvwxyz0=
        """;

    [Fact]
    public void A_package_has_every_field_that_apk_records()
    {
        Assert.Equal(
            new Package("libcrypto3", "3.1.4-r5", "x86_64", "openssl", "3.1.4-r5", "Ariadne Conill <ariadne@example.org>", null, false, 4280320, "installed")
            {
                Format = "apk",
                Licence = "Apache-2.0",
            },
            Assert.Single(Read(Openssl + "\n\n").Installed));
    }

    [Fact]
    public void The_last_package_needs_no_empty_line_after_it()
    {
        Assert.Equal(["a", "libcrypto3"], Read($"P:a\nV:1-r0\nA:noarch\n\n{Openssl}").Installed.Select(package => package.Name));
    }

    [Fact]
    public void A_package_without_an_origin_is_its_own_source()
    {
        Assert.Equal("a", Assert.Single(Read("P:a\nV:1-r0\n").Installed).SourceName);
    }

    [Fact]
    public void The_database_of_apk_3_is_below_usr()
    {
        var packages = new GuestBuilder().File("/usr/lib/apk/db/installed", Openssl).Build().Packages;

        Assert.Equal(("apk", "/usr/lib/apk/db/installed"), (packages.Format, Assert.Single(packages.Databases).Path));
    }

    [Fact]
    public void A_package_without_a_version_costs_only_itself()
    {
        var packages = Read($"P:broken\n\n{Openssl}");

        Assert.Equal("libcrypto3", Assert.Single(packages.Installed).Name);
        Assert.Contains("V:", Assert.Single(packages.Warnings).Message, StringComparison.Ordinal);
    }

    private static PackageFacts Read(string installed) => new GuestBuilder().File("/lib/apk/db/installed", installed).Build().Packages;
}
