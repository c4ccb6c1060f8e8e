using Orchestration.GuestFixtures;
using Orchestration.Inspection.Software;

namespace Orchestration.Inspection.Tests.Software;

public sealed class SoftwareTests
{
    [Fact]
    public void A_server_is_found_by_its_program_with_its_packages_version()
    {
        var software = new GuestBuilder().File("/usr/sbin/nginx").EnabledUnit("nginx.service").Packages("nginx-light").Build().Software;

        Assert.Equal(new DetectedSoftware("nginx", "web-server", "1.0-1", true, "/usr/sbin/nginx"), Assert.Single(software.Detected));
    }

    [Fact]
    public void A_program_that_no_package_brought_has_no_version_and_may_not_start()
    {
        var software = new GuestBuilder().File("/usr/lib/postgresql/15/bin/postgres").Build().Software;

        Assert.Equal(new DetectedSoftware("postgresql", "database", null, false, "/usr/lib/postgresql/15/bin/postgres"), Assert.Single(software.Detected));
    }

    [Fact]
    public void The_data_of_a_database_is_found_with_the_version_of_its_format()
    {
        Assert.Equal(
            [new DatabaseDirectory("postgresql", "/var/lib/postgresql/15/main", "15"), new DatabaseDirectory("mysql", "/var/lib/mysql", null)],
            new GuestBuilder().File("/var/lib/postgresql/15/main/PG_VERSION", "15\n").File("/var/lib/mysql/ibdata1", "x").Build().Software.Databases);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Cloud_init_has_a_switch_of_its_own(bool switchedOff, bool starts)
    {
        var builder = new GuestBuilder().File("/usr/bin/cloud-init").EnabledUnit("cloud-init.service");
        if (switchedOff)
        {
            builder.File("/etc/cloud/cloud-init.disabled");
        }

        Assert.Equal(starts, Assert.Single(builder.Build().Software.Detected).StartsAtBoot);
    }

    [Fact]
    public void Guest_agents_tell_which_host_the_guest_was_made_for()
    {
        var software = new GuestBuilder().File("/usr/sbin/qemu-ga").File("/usr/sbin/waagent").Build().Software;

        Assert.True(software.Has("qemu-guest-agent") && software.Has("azure-agent") && !software.Has("open-vm-tools"));
    }
}
