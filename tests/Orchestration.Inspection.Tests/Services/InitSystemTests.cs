using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.Services;

/// <summary>Init systems other than systemd.</summary>
public sealed class InitSystemTests
{
    [Fact]
    public void OpenRC_starts_what_a_boot_run_level_links_to()
    {
        var services = new GuestBuilder().File("/etc/init.d/sshd", mode: 755).File("/etc/init.d/nginx", mode: 755).File("/etc/init.d/functions.sh", mode: 644)
            .Link("/etc/runlevels/default/sshd", "/etc/init.d/sshd").Link("/etc/runlevels/shutdown/nginx", "/etc/init.d/nginx").Build().Services;

        Assert.Equal([("nginx.service", "disabled"), ("sshd.service", "enabled")], services.Units.Select(unit => (unit.Name, unit.State)));
        Assert.Equal(["default"], services.Find("sshd.service")?.WantedBy);
        Assert.True(services.IsActivated("sshd"));
    }

    [Theory]
    [InlineData("start on runlevel [2345]\nstop on runlevel [!2345]\n", null, "enabled")]
    [InlineData("description \"x\"\n", null, "disabled")]
    [InlineData("start on startup\nmanual\n", null, "disabled")]
    [InlineData("manual\nstart on startup\n", null, "enabled")]
    [InlineData("start on startup\n", "manual\n", "disabled")]
    public void Upstart_starts_a_job_that_says_when(string job, string? changes, string state)
    {
        var guest = new GuestBuilder().File("/etc/init/ssh.conf", job);
        if (changes is not null)
        {
            guest.File("/etc/init/ssh.override", changes);
        }

        Assert.Equal(state, guest.Build().Services.Find("ssh.service")?.State);
    }

    [Fact]
    public void Runit_supervises_what_the_default_run_level_links_to_and_is_not_down()
    {
        var services = new GuestBuilder().File("/etc/sv/sshd/run", mode: 755).File("/etc/sv/cupsd/run", mode: 755).File("/etc/sv/ntpd/run").File("/etc/sv/ntpd/down")
            .Link("/etc/runit/runsvdir/default/sshd", "/etc/sv/sshd").Link("/etc/runit/runsvdir/default/ntpd", "/etc/sv/ntpd").Build().Services;

        Assert.Equal(["sshd"], services.EnabledServices);
    }
}
