using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.KernelSettings;

public sealed class KernelSettingTests
{
    [Fact]
    public void A_file_in_etc_hides_one_of_its_name_elsewhere()
    {
        var settings = new GuestBuilder().File("/usr/lib/sysctl.d/50-default.conf", "kernel.sysrq = 16\n").Link("/etc/sysctl.d/50-default.conf", "/dev/null").Build().KernelSettings;

        Assert.Null(settings.Find("kernel.sysrq"));
    }

    [Theory]
    [InlineData("net.ipv4.conf.eth0/100.rp_filter = 1", "net.ipv4.conf.eth0/100.rp_filter")]
    [InlineData("net/ipv4/conf/eth0.100/rp_filter = 1", "net.ipv4.conf.eth0/100.rp_filter")]
    [InlineData("-net.ipv4.ip_forward=1", "net.ipv4.ip_forward")]
    [InlineData("; comment\nkernel.sysrq=1", "kernel.sysrq")]
    public void Names_are_read_in_both_spellings(string text, string name)
    {
        Assert.Equal("1", new GuestBuilder().File("/etc/sysctl.d/a.conf", text + "\n").Build().KernelSettings.Find(name)?.Value);
    }

    [Fact]
    public void A_setting_of_its_own_wins_over_any_pattern()
    {
        var settings = new GuestBuilder()
            .File("/etc/sysctl.d/10.conf", "net.ipv4.conf.all.rp_filter = 2\n").File("/etc/sysctl.d/90.conf", "net.ipv4.conf.*.rp_filter = 1\n").Build().KernelSettings;

        Assert.Equal(("2", "1"), (settings.Find("net.ipv4.conf.all.rp_filter")?.Value, settings.Find("net.ipv4.conf.default.rp_filter")?.Value));
    }

    [Fact]
    public void The_single_file_counts_without_systemd_and_through_a_link_with_it()
    {
        const string Single = "kernel.sysrq = 1\n";
        var procps = new GuestBuilder().File("/etc/sysctl.conf", Single);
        var systemd = new GuestBuilder().File("/etc/sysctl.conf", Single).File("/usr/lib/systemd/systemd-sysctl");
        var linked = new GuestBuilder().File("/etc/sysctl.conf", Single).File("/usr/lib/systemd/systemd-sysctl").Link("/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");

        Assert.Equal("/etc/sysctl.conf", procps.Build().KernelSettings.Find("kernel.sysrq")?.File);
        Assert.Null(systemd.Build().KernelSettings.Find("kernel.sysrq"));
        Assert.Equal("/etc/sysctl.d/99-sysctl.conf", linked.Build().KernelSettings.Find("kernel.sysrq")?.File);
    }

    [Fact]
    public void An_enabled_ufw_sets_parameters_after_all_others()
    {
        var guest = new GuestBuilder().File("/etc/sysctl.d/99.conf", "net.ipv4.conf.all.log_martians = 1\n")
            .File("/etc/ufw/sysctl.conf", "net/ipv4/conf/all/log_martians=0\n").File("/etc/ufw/ufw.conf", "ENABLED=yes\n")
            .File("/etc/default/ufw", "DEFAULT_INPUT_POLICY=DROP\n").File("/usr/sbin/ufw").EnabledUnit("ufw.service").Build();

        Assert.Equal("/etc/ufw/sysctl.conf", guest.KernelSettings.Find("net.ipv4.conf.all.log_martians")?.File);
    }

    [Fact]
    public void Module_names_are_one_with_hyphens_and_underscores()
    {
        var settings = new GuestBuilder().File("/etc/modprobe.d/a.conf", "install usb_storage /bin/false\n").Build().KernelSettings;

        Assert.True(Assert.Single(settings.FindRules("usb-storage")).PreventsLoading);
    }

    [Fact]
    public void Modules_are_those_of_the_newest_kernel_built_in_or_not()
    {
        var settings = new GuestBuilder()
            .File("/lib/modules/6.1.0-9-amd64/modules.dep", "kernel/old.ko:\n")
            .File("/lib/modules/6.1.0-25-amd64/modules.dep", "kernel/usb-storage.ko.xz: kernel/x.ko.xz\n")
            .File("/lib/modules/6.1.0-25-amd64/modules.builtin", "kernel/fs/ext4.ko\n").Build().KernelSettings;

        Assert.Equal(["ext4", "usb_storage"], settings.AvailableModules?.Order());
    }
}
