using Orchestration.GuestFixtures;
using Orchestration.Inspection.Languages;
using Orchestration.Profiles.Reports;
using Orchestration.Profiles.Vulnerabilities;

namespace Orchestration.Profiles.Tests.Reports;

/// <summary>A report of every kind of finding, about a guest that tries to steer whoever reads it.</summary>
internal static class SampleReport
{
    public const string Hostile = "<script>alert(1)</script>\u001b[31m\u202e|*x*\0\ud800";

    public static GuestReport Create()
    {
        var guest = new GuestBuilder()
            .File("/etc/os-release", $"ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian {Hostile}\"\n")
            .File("/etc/ssh/sshd_config", "PermitRootLogin yes\nPermitEmptyPasswords yes\n")
            .File("/etc/issue", $"{Hostile} debian \\r\n")
            .Packages("bash", "libssl3", "evil<b>\"&pkg")
            .Build();
        var options = new ProfileOptions
        {
            Today = CheckAssert.Today,
            Waivers = [new Waiver("GK-SSH-016", $"until the rebuild {Hostile}", CheckAssert.Today)],
        };
        return new GuestReport(
            "job-1",
            "images/web 01.qcow2",
            new DateTimeOffset(2026, 7, 1, 12, 30, 0, TimeSpan.Zero),
            "1.2.3",
            guest.OperatingSystem,
            guest.Packages.Installed,
            [.. ((string[])["security", "cis-debian-12-level-1"]).Select(name => ProfileRunner.Run(ProfileCatalog.Profiles.Single(profile => profile.Name == name), guest, options))],
            new VulnerabilityReport(
                "Debian:12",
                true,
                CheckAssert.Today.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
                3,
                new SeverityCounts(1, 0, 0, 0, 0),
                [
                    new Vulnerability("TEST-2026-0001", ["CVE-0000-0001"], Severity.Critical, 9.8, "openssl", ["libssl3 1.0-1"], "1.0-1", "1.0-2", $"An invented flaw {Hostile}", true),
                    new Vulnerability("TEST-2026-0003", [], Severity.High, null, "org.example:tool", ["org.example:tool 2.5"], "2.5", null, null, false) { Ecosystem = "Maven", Paths = ["/opt/a.jar!/b.jar"] },
                    new Vulnerability("TEST-2026-0002", [], null, null, "bash", ["bash 1.0-1"], "1.0-1", null, null, true),
                ],
                ["2 packages of kernels that do not start by default, and of kernel headers and tools, were left out."])
            {
                Languages = [new LanguageAssessment("npm", true, null, 2)],
            })
        {
            Languages =
            [
                new LanguagePackage("npm", "@scope/evil<b>", $"1.0.0{Hostile}", $"/srv/node_modules/{Hostile}/package.json") { Licence = $"MIT {Hostile}" },
                new LanguagePackage("Maven", "org.example:tool", "2.5", "/opt/a.jar!/b.jar") { Owner = "libtool-java" },
                new LanguagePackage("Maven", "nameless", "2.5", "/opt/c.jar"),
            ],
        };
    }

    public static string Write(string format) => ReportFormats.Write(format, Create()).Text;
}
