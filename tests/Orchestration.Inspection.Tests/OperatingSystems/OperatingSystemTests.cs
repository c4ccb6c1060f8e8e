using Orchestration.GuestFixtures;
using Orchestration.Inspection.OperatingSystems;

namespace Orchestration.Inspection.Tests.OperatingSystems;

public sealed class OperatingSystemTests
{
    private const string Bookworm =
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n";

    [Fact]
    public void Debian_takes_its_point_release_from_debian_version()
    {
        var system = new GuestBuilder().File("/etc/os-release", Bookworm).File("/etc/debian_version", "12.7\n").Build().OperatingSystem;

        Assert.Equal(("debian", "12.7", 12, 7, "bookworm"), (system.Distribution, system.Version, system.MajorVersion, system.MinorVersion, system.Codename));
    }

    [Fact]
    public void Debian_testing_has_a_codename_and_no_version()
    {
        var system = new GuestBuilder()
            .File("/etc/os-release", "ID=debian\nVERSION_CODENAME=forky\n").File("/etc/debian_version", "forky/sid\n").Build().OperatingSystem;

        Assert.Equal((null, null, "forky"), (system.Version, system.MajorVersion, system.Codename));
    }

    [Fact]
    public void Ubuntu_keeps_the_zero_of_its_version()
    {
        var system = new GuestBuilder()
            .File("/etc/os-release", "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"22.04\"\nPRETTY_NAME=\"Ubuntu 22.04.4 LTS\"\n")
            .File("/etc/debian_version", "bookworm/sid\n").Build().OperatingSystem;

        Assert.Equal(("22.04", 22, 4, "Ubuntu 22.04.4 LTS"), (system.Version, system.MajorVersion, system.MinorVersion, system.ProductName));
        Assert.Equal(["debian"], system.DerivedFrom);
    }

    [Fact]
    public void An_id_that_nobody_knows_is_reported_as_it_stands()
    {
        var system = new GuestBuilder().File("/etc/os-release", "ID='hannah-montana'\nVERSION_ID=4\n").Build().OperatingSystem;

        Assert.Equal(("hannah-montana", "4"), (system.Distribution, system.Version));
    }

    [Fact]
    public void Without_release_files_the_distribution_is_unknown()
    {
        Assert.Equal("unknown", new GuestBuilder().Directory("/etc").Build().OperatingSystem.Distribution);
    }

    [Fact]
    public void Old_systems_say_it_in_lsb_release()
    {
        var system = new GuestBuilder().File("/etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_CODENAME=precise\n").Build().OperatingSystem;

        Assert.Equal(("ubuntu", "12.04", "precise"), (system.Distribution, system.Version, system.Codename));
    }

    [Fact]
    public void Hostname_machine_id_and_init_system_are_read()
    {
        var system = new GuestBuilder()
            .File("/etc/hostname", "# the name\nweb01\n").File("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
            .File("/usr/lib/systemd/systemd", "x").Link("/sbin/init", "/lib/systemd/systemd").Build().OperatingSystem;

        Assert.Equal(("web01", "0123456789abcdef0123456789abcdef", "systemd"), (system.Hostname, system.MachineId, system.InitSystem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("uninitialized\n")]
    public void A_template_has_no_machine_id(string content)
    {
        Assert.Null(new GuestBuilder().File("/etc/machine-id", content).Build().OperatingSystem.MachineId);
    }

    [Theory]
    [InlineData(2, 1, 0x3E, "x86_64")]
    [InlineData(1, 1, 0x03, "i686")]
    [InlineData(2, 1, 0xB7, "aarch64")]
    [InlineData(2, 2, 0x16, "s390x")]
    [InlineData(2, 1, 0x15, "ppc64le")]
    [InlineData(2, 1, 0x7777, null)]
    public void The_architecture_is_that_of_the_guests_programs(byte wordSize, byte byteOrder, int machine, string? expected)
    {
        var header = new byte[64];
        "\u007fELF"u8.CopyTo(header);
        (header[4], header[5]) = (wordSize, byteOrder);
        (header[18], header[19]) = byteOrder == 1 ? ((byte)machine, (byte)(machine >> 8)) : ((byte)(machine >> 8), (byte)machine);

        var system = new GuestBuilder().File("/usr/bin/dash", header).Link("/usr/bin/sh", "dash").Link("/bin", "usr/bin").Build().OperatingSystem;

        Assert.Equal(expected, system.Architecture);
    }

    [Fact]
    public void A_script_in_place_of_the_shell_tells_no_architecture()
    {
        Assert.Null(ElfHeader.Architecture("#!/bin/sh -e and more text"u8));
    }

    [Fact]
    public void Damage_is_a_warning_that_names_the_file()
    {
        var system = new GuestBuilder().Damaged("/etc/os-release").Build().OperatingSystem;

        var warning = Assert.Single(system.Warnings);
        Assert.Equal(("/etc/os-release", true), (warning.File, warning.Unreadable));
    }
}
