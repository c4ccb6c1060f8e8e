using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.Services;

public sealed class DropInTests
{
    [Fact]
    public void Files_that_change_a_unit_come_from_its_own_its_template_its_prefix_and_its_types_directory()
    {
        var unit = new GuestBuilder().Unit("foo-bar@a.service").File("/etc/systemd/system/foo-bar@a.service.d/40-own.conf").File("/etc/systemd/system/foo-bar@.service.d/30-template.conf")
            .File("/etc/systemd/system/foo-.service.d/20-prefix.conf").File("/usr/lib/systemd/system/service.d/10-type.conf").File("/etc/systemd/system/other.service.d/x.conf").Build()
            .Services.Find("foo-bar@a.service");

        Assert.Equal(
            [
                "/usr/lib/systemd/system/service.d/10-type.conf", "/etc/systemd/system/foo-.service.d/20-prefix.conf",
                "/etc/systemd/system/foo-bar@.service.d/30-template.conf", "/etc/systemd/system/foo-bar@a.service.d/40-own.conf",
            ],
            unit?.DropIns);
    }

    [Fact]
    public void Of_one_file_name_only_the_administrators_counts()
    {
        var unit = new GuestBuilder().Unit("a.service").File("/etc/systemd/system/a.service.d/x.conf").File("/usr/lib/systemd/system/a.service.d/x.conf").Build().Services.Find("a.service");

        Assert.Equal(["/etc/systemd/system/a.service.d/x.conf"], unit?.DropIns);
    }

    [Fact]
    public void A_drop_in_changes_what_a_socket_starts()
    {
        var services = new GuestBuilder().Unit("a.service").EnabledUnit("a.socket", "sockets.target").File("/etc/systemd/system/a.socket.d/x.conf", "[Socket]\nService=b.service\n").Build().Services;

        Assert.Equal(["b.service"], services.Find("a.socket")?.Triggers);
    }

    [Fact]
    public void A_drop_in_replaces_the_times_of_a_timer()
    {
        var guest = new GuestBuilder().Unit("a.timer", "[Timer]\nOnCalendar=daily\n").File("/etc/systemd/system/a.timer.d/x.conf", "[Timer]\nOnCalendar=\nOnCalendar=hourly\n").Build();

        Assert.Equal(["OnCalendar=hourly"], Assert.Single(guest.Scheduling.Timers).Schedule);
    }

    [Theory]
    [InlineData("disable *\n", "disabled")]
    [InlineData("enable ssh*.service\ndisable *\n", "enabled")]
    [InlineData("# nothing\n", "enabled")]
    [InlineData("ignore ssh.service\ndisable *\n", "ignored")]
    public void The_first_rule_of_the_presets_that_matches_decides(string rules, string preset)
    {
        Assert.Equal(preset, new GuestBuilder().Unit("ssh.service").File("/usr/lib/systemd/system-preset/90-default.preset", rules).Build().Services.Find("ssh.service")?.Preset);
    }
}
