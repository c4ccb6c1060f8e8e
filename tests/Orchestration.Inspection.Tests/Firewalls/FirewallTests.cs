using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.Firewalls;

public sealed class FirewallTests
{
    [Fact]
    public void Ufw_is_enabled_by_its_own_switch_and_its_unit()
    {
        var off = Ufw("ENABLED=no\n").EnabledUnit("ufw.service").Build().Firewall;
        var unit = Ufw("ENABLED=yes\n").Unit("ufw.service").Build().Firewall;
        var on = Ufw("# ENABLED=no\nENABLED=yes\n").EnabledUnit("ufw.service").Build().Firewall;

        Assert.Empty(off.Active);
        Assert.Empty(unit.Active);
        Assert.Equal(("ufw", "drop", "/etc/ufw/ufw.conf", 2), (on.Tools[0].Name, on.Tools[0].InputPolicy, on.Tools[0].File, on.Tools[0].Line));
    }

    [Fact]
    public void Firewalld_has_a_default_zone()
    {
        var tool = Assert.Single(new GuestBuilder().File("/usr/sbin/firewalld").EnabledUnit("firewalld.service")
            .File("/etc/firewalld/firewalld.conf", "DefaultZone=trusted\n").Build().Firewall.Active);

        Assert.Equal(("trusted", "accept"), (tool.DefaultZone, tool.InputPolicy));
    }

    [Fact]
    public void A_guest_without_any_has_none()
    {
        Assert.Empty(new GuestBuilder().Directory("/etc").Build().Firewall.Tools);
    }

    private static GuestBuilder Ufw(string configuration) =>
        new GuestBuilder().File("/usr/sbin/ufw").File("/etc/ufw/ufw.conf", configuration).File("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"DROP\"\n");
}
