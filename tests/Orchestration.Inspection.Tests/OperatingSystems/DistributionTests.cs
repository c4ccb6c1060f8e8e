using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.OperatingSystems;

/// <summary>Release files as the distributions ship them.</summary>
public sealed class DistributionTests
{
    [Theory]
    [InlineData("ID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"9.4\"\nPRETTY_NAME=\"Red Hat Enterprise Linux 9.4 (Plow)\"", "rhel", "redhat", "9.4")]
    [InlineData("ID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.3\"", "almalinux", "redhat", "9.3")]
    [InlineData("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"8.9\"", "rocky", "redhat", "8.9")]
    [InlineData("ID=\"ol\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"8.9\"\nVARIANT_ID=\"server\"", "ol", "redhat", "8.9")]
    [InlineData("ID=\"amzn\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"2023\"", "amzn", "redhat", "2023")]
    [InlineData("ID=fedora\nVERSION_ID=40\nVARIANT_ID=cloud", "fedora", "redhat", "40")]
    [InlineData("ID=azurelinux\nVERSION_ID=\"3.0\"\nVERSION=\"3.0.20240727\"", "azurelinux", "azurelinux", "3.0")]
    [InlineData("ID=mariner\nVERSION_ID=\"2.0\"", "mariner", "azurelinux", "2.0")]
    [InlineData("ID=photon\nVERSION_ID=5.0", "photon", "photon", "5.0")]
    [InlineData("ID=nixos\nVERSION_ID=\"23.11\"\nBUILD_ID=\"23.11.1234.abcdef\"", "nixos", "nixos", "23.11")]
    [InlineData("ID=flatcar\nID_LIKE=coreos\nVERSION_ID=3815.2.0", "flatcar", "coreos", "3815.2.0")]
    [InlineData("ID=wolfi\nVERSION_ID=\"20230201\"", "wolfi", "wolfi", "20230201")]
    [InlineData("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=\"21.3\"", "linuxmint", "debian", "21.3")]
    [InlineData("ID=kali\nID_LIKE=debian\nVERSION_ID=\"2024.1\"", "kali", "debian", "2024.1")]
    [InlineData("ID=\"sles\"\nID_LIKE=\"suse\"\nVERSION_ID=\"15.5\"", "sles", "suse", "15.5")]
    [InlineData("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\nVERSION_ID=\"15.6\"", "opensuse-leap", "suse", "15.6")]
    [InlineData("ID=alpine\nVERSION_ID=3.19.1", "alpine", "alpine", "3.19.1")]
    [InlineData("ID=arch\nBUILD_ID=rolling", "arch", "arch", null)]
    [InlineData("ID=manjaro\nID_LIKE=arch\nBUILD_ID=rolling", "manjaro", "arch", null)]
    [InlineData("ID=gentoo\nVERSION_ID=\"2.15\"", "gentoo", "gentoo", "2.15")]
    [InlineData("ID=\"void\"", "void", "void", null)]
    [InlineData("ID=\"openEuler\"\nVERSION_ID=\"22.03\"", "openeuler", "redhat", "22.03")]
    [InlineData("ID=\"rhcos\"\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"4.15\"", "rhcos", "redhat", "4.15")]
    [InlineData("ID=slackware\nVERSION_ID=15.0", "slackware", "slackware", "15.0")]
    [InlineData("ID=somethingnew\nID_LIKE=\"ubuntu\"\nVERSION_ID=1", "somethingnew", "debian", "1")]
    [InlineData("ID=somethingnew\nVERSION_ID=1", "somethingnew", null, "1")]
    public void Os_release_gives_id_family_and_version(string release, string distribution, string? family, string? version)
    {
        var system = new GuestBuilder().File("/usr/lib/os-release", release + "\n").Link("/etc/os-release", "../usr/lib/os-release").Build().OperatingSystem;

        Assert.Equal(("linux", distribution, family, version), (system.Type, system.Distribution, system.Family, system.Version));
    }

    [Theory]
    [InlineData("/etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)", "rhel", "6.10", "Santiago")]
    [InlineData("/etc/redhat-release", "CentOS release 5.11 (Final)", "centos", "5.11", "Final")]
    [InlineData("/etc/redhat-release", "Scientific Linux release 6.9 (Carbon)", "scientific", "6.9", "Carbon")]
    [InlineData("/etc/oracle-release", "Oracle Linux Server release 6.10", "ol", "6.10", null)]
    [InlineData("/etc/system-release", "Amazon Linux AMI release 2018.03", "amzn", "2018.03", null)]
    [InlineData("/etc/fedora-release", "Fedora release 17 (Beefy Miracle)", "fedora", "17", "Beefy Miracle")]
    [InlineData("/etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4", "sles", "11.4", null)]
    [InlineData("/etc/slackware-version", "Slackware 13.37.0", "slackware", "13.37.0", null)]
    [InlineData("/etc/gentoo-release", "Gentoo Base System release 2.2", "gentoo", "2.2", null)]
    [InlineData("/etc/alpine-release", "2.7.9", "alpine", "2.7.9", null)]
    [InlineData("/etc/arch-release", "", "arch", null, null)]
    [InlineData("/etc/debian_version", "6.0.10", "debian", "6.0.10", null)]
    [InlineData("/etc/redhat-release", "Homemade Linux release 3.1 (Kitchen)", "unknown", "3.1", "Kitchen")]
    public void Systems_older_than_os_release_say_it_in_files_of_their_own(string file, string content, string distribution, string? version, string? codename)
    {
        var system = new GuestBuilder().File(file, content + "\n").Build().OperatingSystem;

        Assert.Equal((distribution, version), (system.Distribution, system.Version));
        if (codename is not null)
        {
            Assert.Equal(codename, system.Codename);
        }
    }

    [Fact]
    public void CentOS_takes_its_point_release_from_its_own_file()
    {
        var system = new GuestBuilder().File("/etc/os-release", "ID=\"centos\"\nVERSION_ID=\"7\"\n").File("/etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n").Build().OperatingSystem;

        Assert.Equal(("7.9.2009", 7, 9), (system.Version, system.MajorVersion, system.MinorVersion));
    }

    [Fact]
    public void The_end_of_support_is_what_the_distribution_says()
    {
        Assert.Equal(
            new DateOnly(2028, 3, 15),
            new GuestBuilder().File("/etc/os-release", "ID=amzn\nVERSION_ID=2023\nSUPPORT_END=\"2028-03-15\"\n").Build().OperatingSystem.SupportEnds);
    }

    [Theory]
    [InlineData("/bin/freebsd-version", "#!/bin/sh\nUSERLAND_VERSION=\"14.1-RELEASE-p5\"\n", "freebsd", "14.1-RELEASE-p5", 14)]
    [InlineData("/etc/release", "NetBSD 9.3/amd64\n", "netbsd", "9.3", 9)]
    [InlineData("/etc/motd", "OpenBSD 7.4 (GENERIC.MP) #1397: Tue Oct 10 09:02:37 MDT 2023\n", "openbsd", "7.4", 7)]
    public void A_BSD_is_recognised_by_what_only_it_has(string file, string content, string type, string version, int major)
    {
        var system = new GuestBuilder().File("/netbsd.txt").File(type == "netbsd" ? "/netbsd" : type == "openbsd" ? "/bsd" : "/x").File(file, content)
            .File("/etc/rc.conf", "hostname=\"gate\"\n").Build().OperatingSystem;

        Assert.Equal((type, version, major, "gate"), (system.Type, system.Version, system.MajorVersion, system.Hostname));
    }

    [Theory]
    [InlineData("/usr/bin/zypper", "zypper")]
    [InlineData("/usr/bin/tdnf", "tdnf")]
    [InlineData("/usr/bin/microdnf", "microdnf")]
    [InlineData("/usr/bin/yum", "yum")]
    public void Who_installs_rpms_depends_on_the_program_that_is_there(string program, string manager)
    {
        var system = new GuestBuilder().File("/usr/lib/sysimage/rpm/rpmdb.sqlite", "SQLite format 3").File(program).File("/usr/bin/rpm").Build().OperatingSystem;

        Assert.Equal(("rpm", manager), (system.PackageFormat, system.PackageManager));
    }

    [Fact]
    public void An_image_built_without_dpkg_has_no_package_manager()
    {
        var system = new GuestBuilder().File("/var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12\n").Build().OperatingSystem;

        Assert.Equal(("deb", "none"), (system.PackageFormat, system.PackageManager));
    }

    [Theory]
    [InlineData("/etc/HOSTNAME", "old.example.org\n", "old.example.org")]
    [InlineData("/etc/sysconfig/network", "NETWORKING=yes\nHOSTNAME=app7\n", "app7")]
    [InlineData("/etc/conf.d/hostname", "hostname=\"tux\"\n", "tux")]
    public void The_hostname_is_where_the_kind_of_system_keeps_it(string file, string content, string hostname)
    {
        var guest = new GuestBuilder().File(file, content).Build();

        Assert.Equal((hostname, hostname), (guest.OperatingSystem.Hostname, guest.Network.Hostname));
    }
}
