using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.CheckAssert;

namespace Orchestration.Profiles.Tests.Checks;

public sealed class ServiceCheckTests
{
    [Theory]
    [InlineData("vsftpd.service")]
    [InlineData("telnet.socket")]
    [InlineData("rsh.socket")]
    public void A_service_in_clear_fails_when_enabled(string unit) => Gives(Verdict.Fail, "GK-SVC-001", new GuestBuilder().EnabledUnit(unit));

    [Theory]
    [InlineData("sftp-keepalive.service")]
    [InlineData("rshim.service")]
    [InlineData("talkative.service")]
    public void A_name_that_only_contains_one_of_these_is_another_service(string unit) =>
        Gives(Verdict.Pass, "GK-SVC-001", new GuestBuilder().EnabledUnit(unit));

    [Fact]
    public void Installed_and_not_enabled_or_masked_passes()
    {
        Gives(Verdict.Pass, "GK-SVC-001", new GuestBuilder().Unit("vsftpd.service"));
        Gives(Verdict.Pass, "GK-SVC-001", new GuestBuilder().EnabledUnit("vsftpd.service").Link("/etc/systemd/system/vsftpd.service", "/dev/null"));
    }

    [Fact]
    public void A_line_of_inetd_counts_where_inetd_is_enabled()
    {
        const string Lines = "#ftp stream tcp nowait root /usr/sbin/ftpd\ntelnet stream tcp nowait telnetd /usr/sbin/in.telnetd\n";

        var judgement = Judge("GK-SVC-001", new GuestBuilder().EnabledUnit("inetd.service").File("/etc/inetd.conf", Lines));

        Assert.Equal(("/etc/inetd.conf", 2), (Assert.Single(judgement.Evidence).File, judgement.Evidence[0].Line));
        Gives(Verdict.Pass, "GK-SVC-001", new GuestBuilder().Unit("inetd.service").File("/etc/inetd.conf", Lines));
    }

    [Fact]
    public void Desktop_services_are_named_where_their_socket_is_enabled()
    {
        Gives(Verdict.Fail, "GK-SVC-002", new GuestBuilder().Unit("cups.service").EnabledUnit("cups.socket", "sockets.target"));
        Gives(Verdict.Pass, "GK-SVC-002", new GuestBuilder().Unit("cups.service"));
    }

    [Fact]
    public void One_time_daemon_is_right_and_none_or_two_are_wrong()
    {
        Gives(Verdict.Pass, "GK-SVC-004", new GuestBuilder().EnabledUnit("chrony.service"));
        Gives(Verdict.Fail, "GK-SVC-004", new GuestBuilder().Unit("chrony.service"));
        Gives(Verdict.Fail, "GK-SVC-004", new GuestBuilder().EnabledUnit("chrony.service").EnabledUnit("systemd-timesyncd.service", "sysinit.target"));
    }

    [Fact]
    public void A_container_has_no_services_to_check()
    {
        Gives(Verdict.NotApplicable, "GK-SVC-001", new GuestBuilder().Directory("/etc"));
    }
}
