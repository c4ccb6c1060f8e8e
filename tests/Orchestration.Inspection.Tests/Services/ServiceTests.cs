using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.Services;

public sealed class ServiceTests
{
    [Fact]
    public void A_link_that_systemctl_made_enables_a_unit()
    {
        var services = new GuestBuilder().EnabledUnit("ssh.service").Build().Services;

        Assert.Equal("enabled", services.Find("ssh.service")?.State);
        Assert.Equal(["multi-user.target"], services.Find("ssh.service")?.WantedBy);
        Assert.Equal(["ssh"], services.EnabledServices);
    }

    [Fact]
    public void Any_target_may_want_a_unit_and_required_is_wanted_too()
    {
        var services = new GuestBuilder()
            .EnabledUnit("display-manager.service", "graphical.target")
            .Unit("must.service").Link("/etc/systemd/system/basic.target.requires/must.service", "/usr/lib/systemd/system/must.service")
            .Build().Services;

        Assert.Equal(["display-manager", "must"], services.EnabledServices);
    }

    [Fact]
    public void A_unit_that_the_distribution_itself_links_is_started_and_still_static()
    {
        var unit = new GuestBuilder()
            .Unit("systemd-journald.service", "[Unit]\n")
            .Link("/usr/lib/systemd/system/sysinit.target.wants/systemd-journald.service", "../systemd-journald.service")
            .Build().Services.Find("systemd-journald.service");

        Assert.Equal(("static", true), (unit?.State, unit?.IsEnabled ?? false));
    }

    [Theory]
    [InlineData("[Install]\nWantedBy=multi-user.target\n", "disabled")]
    [InlineData("[Install]\nAlias=other.service\n", "disabled")]
    [InlineData("[Install]\nAlso=other.socket\n", "indirect")]
    [InlineData("[Service]\nExecStart=/bin/true\n", "static")]
    [InlineData("[Install]\nWantedBy=multi-user.target\nWantedBy=\n", "static")]
    public void Without_links_the_install_section_decides(string content, string state)
    {
        var unit = new GuestBuilder().Unit("a.service", content).Build().Services.Find("a.service");

        Assert.Equal((state, false), (unit?.State, unit?.IsEnabled ?? true));
    }

    [Fact]
    public void A_link_to_dev_null_masks_whatever_else_enables_the_unit()
    {
        var services = new GuestBuilder().EnabledUnit("ssh.service").Link("/etc/systemd/system/ssh.service", "/dev/null").Build().Services;

        Assert.Equal("masked", services.Find("ssh.service")?.State);
        Assert.Empty(services.EnabledServices);
        Assert.False(services.IsActivated("ssh"));
    }

    [Fact]
    public void An_empty_unit_file_masks_too()
    {
        Assert.Equal("masked", new GuestBuilder().Unit("a.service").File("/etc/systemd/system/a.service").Build().Services.Find("a.service")?.State);
    }

    [Fact]
    public void An_alias_in_etc_enables_the_unit_it_leads_to()
    {
        var services = new GuestBuilder()
            .Unit("ssh.service", "[Install]\nAlias=sshd.service\n").Link("/etc/systemd/system/sshd.service", "/usr/lib/systemd/system/ssh.service")
            .Build().Services;

        Assert.Equal("enabled", services.Find("ssh.service")?.State);
        Assert.Equal(["sshd.service"], services.Find("ssh.service")?.Aliases);
        Assert.Equal("alias", services.Find("sshd.service")?.State);
        Assert.Equal(["ssh"], services.EnabledServices);
    }

    [Theory]
    [InlineData("tty1", "enabled")]
    [InlineData("tty2", "indirect")]
    public void An_instance_enables_its_template_where_it_is_the_default_one_and_is_started_in_any_case(string instance, string state)
    {
        var services = new GuestBuilder()
            .Unit("getty@.service", "[Install]\nWantedBy=getty.target\nDefaultInstance=tty1\n")
            .Link($"/etc/systemd/system/getty.target.wants/getty@{instance}.service", "/usr/lib/systemd/system/getty@.service").Build().Services;

        var unit = services.Find("getty@.service");
        Assert.Equal((state, true), (unit?.State, unit?.IsEnabled ?? false));
        Assert.Equal([$"getty@{instance}.service"], unit?.Instances ?? []);
        Assert.True(services.IsActivated($"getty@{instance}"));
    }

    [Fact]
    public void A_file_of_the_administrator_replaces_the_distributions()
    {
        var unit = new GuestBuilder()
            .Unit("a.service", "[Unit]\nDescription=Theirs\n").File("/etc/systemd/system/a.service", "[Unit]\nDescription=Ours\n")
            .File("/etc/systemd/system/a.service.d/limit.conf", "[Service]\n").Build().Services.Find("a.service");

        Assert.Equal(("Ours", "/etc/systemd/system/a.service"), (unit?.Description, unit?.File));
        Assert.Equal(["/etc/systemd/system/a.service.d/limit.conf"], unit?.DropIns);
    }

    [Fact]
    public void An_enabled_socket_activates_its_service()
    {
        var services = new GuestBuilder()
            .Unit("cups.service", "[Unit]\n").EnabledUnit("cups.socket", "sockets.target")
            .Unit("telnet.socket", "[Socket]\nService=in.telnetd.service\n[Install]\nWantedBy=sockets.target\n").Unit("in.telnetd.service", "[Unit]\n")
            .Link("/etc/systemd/system/sockets.target.wants/telnet.socket", "/usr/lib/systemd/system/telnet.socket").Build().Services;

        Assert.True(services.IsActivated("cups"));
        Assert.True(services.IsActivated("in.telnetd"));
    }

    [Fact]
    public void A_sysv_script_counts_where_no_unit_has_its_name()
    {
        var services = new GuestBuilder()
            .File("/etc/init.d/legacy", "#!/bin/sh", mode: 755).Link("/etc/rc3.d/S20legacy", "../init.d/legacy")
            .File("/etc/init.d/idle", "#!/bin/sh", mode: 755).Link("/etc/rc3.d/K01idle", "../init.d/idle")
            .File("/etc/init.d/ssh", "#!/bin/sh", mode: 755).Link("/etc/rc3.d/S01ssh", "../init.d/ssh").Unit("ssh.service").Build().Services;

        Assert.Equal("generated", services.Find("legacy.service")?.State);
        Assert.Equal("disabled", services.Find("idle.service")?.State);
        Assert.Equal("disabled", services.Find("ssh.service")?.State);
        Assert.Equal(["legacy"], services.EnabledServices);
    }

    [Fact]
    public void On_a_merged_usr_a_unit_is_one_unit()
    {
        var services = new GuestBuilder().EnabledUnit("cron.service").Link("/lib", "usr/lib").Build().Services;

        Assert.Single(services.Units);
    }

    [Fact]
    public void The_default_target_is_where_the_link_leads()
    {
        Assert.Equal(
            "graphical.target",
            new GuestBuilder().Link("/usr/lib/systemd/system/default.target", "graphical.target").Build().Services.DefaultTarget);
    }
}
