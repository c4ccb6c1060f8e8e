using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.AccessControl;

public sealed class AccessControlTests
{
    [Fact]
    public void A_guest_without_selinux_is_not_one_with_selinux_disabled()
    {
        var selinux = new GuestBuilder().Directory("/etc").Build().AccessControl.Selinux;

        Assert.Equal((false, null), (selinux.Installed, selinux.Mode));
    }

    [Theory]
    [InlineData("", "enforcing")]
    [InlineData("selinux=0", "disabled")]
    [InlineData("enforcing=0", "permissive")]
    public void Boot_parameters_change_the_mode(string parameter, string mode)
    {
        var selinux = new GuestBuilder().File("/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=targeted\n").File("/etc/selinux/targeted/policy/policy.33")
            .File("/boot/grub2/grub.cfg", $"menuentry 'Linux' {{\n linux /vmlinuz root=/dev/sda1 {parameter}\n}}\n").Build().AccessControl.Selinux;

        Assert.Equal((mode, "targeted", true), (selinux.Mode, selinux.PolicyType, selinux.Installed));
    }

    [Fact]
    public void App_armor_is_enabled_by_its_unit()
    {
        var installed = new GuestBuilder().File("/usr/sbin/apparmor_parser").File("/etc/apparmor.d/a").Unit("apparmor.service");

        Assert.Equal((true, false, 1), Read(installed));
        Assert.Equal((true, true, 1), Read(installed.EnabledUnit("apparmor.service", "sysinit.target")));

        static (bool Installed, bool Enabled, int Profiles) Read(GuestBuilder guest)
        {
            var state = guest.Build().AccessControl.AppArmor;
            return (state.Installed, state.Enabled, state.Profiles);
        }
    }
}
