using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.CheckAssert;

namespace Orchestration.Profiles.Tests.Checks;

public sealed class FirewallAndAccessControlCheckTests
{
    [Fact]
    public void A_firewall_that_is_only_installed_protects_nothing()
    {
        Gives(Verdict.Fail, "GK-FW-001", Ufw("no", "DROP"));
        Gives(Verdict.Fail, "GK-FW-001", new GuestBuilder().Directory("/etc/ufw"));
        Gives(Verdict.Pass, "GK-FW-001", Ufw("yes", "DROP"));
    }

    [Fact]
    public void What_no_rule_allows_must_be_dropped()
    {
        Gives(Verdict.Pass, "GK-FW-003", Ufw("yes", "REJECT"));
        Gives(Verdict.Fail, "GK-FW-003", Ufw("yes", "ACCEPT"));
        Gives(Verdict.NotApplicable, "GK-FW-003", Ufw("no", "ACCEPT"));
    }

    [Fact]
    public void The_rules_that_nftables_ships_filter_nothing()
    {
        const string Shipped = "#!/usr/sbin/nft -f\nflush ruleset\ntable inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter;\n\t}\n}\n";

        Gives(Verdict.Fail, "GK-FW-001", Nftables(Shipped));
        Gives(Verdict.Pass, "GK-FW-001", Nftables(Shipped.Replace("priority filter;", "priority filter; policy drop;", StringComparison.Ordinal)));
        Gives(Verdict.Fail, "GK-FW-003", Nftables(Shipped.Replace("\t}", "\t\ttcp dport 23 drop\n\t}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Saved_iptables_rules_count_where_something_loads_them()
    {
        const string Rules = "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";

        Gives(Verdict.Pass, "GK-FW-001", new GuestBuilder().File("/etc/iptables/rules.v4", Rules).EnabledUnit("netfilter-persistent.service"));
        Gives(Verdict.Fail, "GK-FW-001", new GuestBuilder().File("/etc/iptables/rules.v4", Rules));
    }

    [Fact]
    public void Two_enabled_firewalls_compete()
    {
        Gives(Verdict.Pass, "GK-FW-002", Ufw("yes", "DROP"));
        Gives(Verdict.Fail, "GK-FW-002", Ufw("yes", "DROP").File("/usr/sbin/firewalld").EnabledUnit("firewalld.service"));
    }

    [Fact]
    public void Debian_with_app_armor_does_not_fail_for_want_of_selinux()
    {
        Gives(Verdict.Pass, "GK-MAC-001", AppArmor());
    }

    [Fact]
    public void App_armor_turned_off_at_boot_is_off()
    {
        Gives(Verdict.Fail, "GK-MAC-001", AppArmor().File("/boot/grub/grub.cfg", "menuentry 'Debian' {\n linux /vmlinuz root=/dev/sda1 apparmor=0\n}\n"));
    }

    [Theory]
    [InlineData("enforcing", Verdict.Pass, null)]
    [InlineData("permissive", Verdict.Fail, Severity.Medium)]
    [InlineData("disabled", Verdict.Fail, null)]
    public void The_mode_of_selinux_decides(string mode, Verdict verdict, Severity? severity)
    {
        var judgement = Judge("GK-MAC-001", new GuestBuilder()
            .File("/etc/selinux/config", $"# SELINUX=enforcing\nSELINUX={mode}\nSELINUXTYPE=targeted\n").File("/etc/selinux/targeted/policy/policy.33"));

        Assert.Equal((verdict, severity), (judgement.Verdict, judgement.Severity));
    }

    [Fact]
    public void A_disabled_profile_is_named()
    {
        Gives(Verdict.Pass, "GK-MAC-002", AppArmor());
        Gives(Verdict.Fail, "GK-MAC-002", AppArmor().Link("/etc/apparmor.d/disable/usr.sbin.rsyslogd", "/etc/apparmor.d/usr.sbin.rsyslogd"));
    }

    private static GuestBuilder AppArmor() =>
        new GuestBuilder().File("/usr/sbin/apparmor_parser").File("/etc/apparmor.d/usr.sbin.rsyslogd").EnabledUnit("apparmor.service", "sysinit.target");

    private static GuestBuilder Ufw(string enabled, string policy) => new GuestBuilder().File("/usr/sbin/ufw").EnabledUnit("ufw.service")
        .File("/etc/ufw/ufw.conf", $"ENABLED={enabled}\n").File("/etc/default/ufw", $"DEFAULT_INPUT_POLICY=\"{policy}\"\n");

    private static GuestBuilder Nftables(string rules) =>
        new GuestBuilder().File("/usr/sbin/nft").File("/etc/nftables.conf", rules).EnabledUnit("nftables.service", "sysinit.target");
}
