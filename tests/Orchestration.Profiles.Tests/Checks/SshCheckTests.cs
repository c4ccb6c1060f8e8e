using Orchestration.GuestFixtures;
using Orchestration.Profiles.Checks.Access;
using static Orchestration.Profiles.Tests.CheckAssert;

namespace Orchestration.Profiles.Tests.Checks;

public sealed class SshCheckTests
{
    [Theory]
    [InlineData("PermitRootLogin no", Verdict.Pass)]
    [InlineData("PermitRootLogin prohibit-password", Verdict.Pass)]
    [InlineData("# PermitRootLogin yes", Verdict.Pass)]
    [InlineData("permitrootlogin YES", Verdict.Fail)]
    [InlineData("PermitRootLogin no\nPermitRootLogin yes", Verdict.Pass)]
    [InlineData("PermitRootLogin no # not yes", Verdict.Pass)]
    [InlineData("PermitRootLogin no\nMatch Address 10.0.0.0/8\nPermitRootLogin yes", Verdict.Fail)]
    public void Root_logins_with_a_password(string configuration, Verdict expected) => Gives(expected, "GK-SSH-001", Sshd(configuration));

    [Fact]
    public void Root_logins_are_critical_where_passwords_are_accepted_and_high_where_not()
    {
        var withPasswords = Judge("GK-SSH-001", Sshd("PermitRootLogin yes"));
        var withKeys = Judge("GK-SSH-001", Sshd("PermitRootLogin yes\nPasswordAuthentication no"));

        Assert.Equal(Severity.Critical, withPasswords.Severity);
        Assert.Null(withKeys.Severity);
        Assert.Equal(Severity.High, ProfileCatalog.Checks.Single(check => check.Id == "GK-SSH-001").Severity);
    }

    [Fact]
    public void Evidence_names_file_line_and_value()
    {
        var evidence = Judge("GK-SSH-002", Sshd("Port 22\nPasswordAuthentication yes")).Evidence[0];

        Assert.Equal(
            new Evidence("/etc/ssh/sshd_config", 2, "passwordauthentication yes", "PasswordAuthentication no"), evidence);
    }

    [Fact]
    public void An_included_file_decides_where_it_comes_first()
    {
        var guest = Sshd("Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication no")
            .File("/etc/ssh/sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\n");

        Assert.Equal("/etc/ssh/sshd_config.d/50-cloud-init.conf", Judge("GK-SSH-002", guest).Evidence[0].File);
    }

    [Theory]
    [InlineData("GK-SSH-004", "PermitEmptyPasswords yes", "PermitEmptyPasswords no")]
    [InlineData("GK-SSH-005", "", "PermitRootLogin no")]
    [InlineData("GK-SSH-006", "MaxAuthTries 6", "MaxAuthTries 3")]
    [InlineData("GK-SSH-007", "", "ClientAliveInterval 5m\nClientAliveCountMax 3")]
    [InlineData("GK-SSH-007", "ClientAliveInterval 300\nClientAliveCountMax 0", "ClientAliveInterval 15\nClientAliveCountMax 3")]
    [InlineData("GK-SSH-008", "LoginGraceTime 2m", "LoginGraceTime 60")]
    [InlineData("GK-SSH-008", "LoginGraceTime 0", "LoginGraceTime 1m")]
    [InlineData("GK-SSH-009", "LogLevel QUIET", "LogLevel verbose")]
    [InlineData("GK-SSH-010", "HostbasedAuthentication yes", "")]
    [InlineData("GK-SSH-011", "UsePAM no", "UsePAM yes")]
    [InlineData("GK-SSH-012", "Banner none", "Banner /etc/issue.net")]
    [InlineData("GK-SSH-013", "", "AllowGroups ssh")]
    [InlineData("GK-SSH-014", "", "DisableForwarding yes")]
    [InlineData("GK-SSH-015", "MaxStartups 10:30:100", "MaxStartups 10:30:60")]
    [InlineData("GK-SSH-020", "Ciphers aes256-ctr,aes128-cbc", "Ciphers aes256-ctr")]
    [InlineData("GK-SSH-020", "Ciphers +3des-cbc", "")]
    [InlineData("GK-SSH-021", "", "MACs -hmac-sha1*,umac-64*")]
    [InlineData("GK-SSH-022", "KexAlgorithms +diffie-hellman-group14-sha1", "KexAlgorithms curve25519-sha256")]
    public void A_setting_that_fails_and_one_that_passes(string id, string wrong, string right)
    {
        Gives(Verdict.Fail, id, Sshd(wrong));
        Gives(Verdict.Pass, id, Sshd(right));
    }

    [Fact]
    public void A_guest_without_a_server_has_nothing_to_check()
    {
        Assert.All(
            ProfileCatalog.Checks.Where(check => check.Id.StartsWith("GK-SSH", StringComparison.Ordinal)),
            check => Gives(Verdict.NotApplicable, check.Id, new GuestBuilder().Directory("/etc")));
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_is_not_assessable()
    {
        Gives(Verdict.NotAssessable, "GK-SSH-001", new GuestBuilder().File("/usr/sbin/sshd").Damaged("/etc/ssh/sshd_config"));
    }

    [Theory]
    [InlineData(600, 0, Verdict.Pass)]
    [InlineData(400, 0, Verdict.Pass)]
    [InlineData(644, 0, Verdict.Fail)]
    [InlineData(600, 1000, Verdict.Fail)]
    public void The_configuration_is_for_root_alone(int mode, int owner, Verdict expected)
    {
        Gives(expected, "GK-SSH-016", new GuestBuilder().File("/etc/ssh/sshd_config", "", mode, (uint)owner));
    }

    [Theory]
    [InlineData(600, 0, Verdict.Pass)]
    [InlineData(640, 0, Verdict.Fail)]
    [InlineData(640, 998, Verdict.Pass)]
    [InlineData(644, 998, Verdict.Fail)]
    public void Host_keys_are_for_root_and_the_group_of_keysign(int mode, int group, Verdict expected)
    {
        Gives(expected, "GK-SSH-017", Sshd("").File("/etc/group", "ssh_keys:x:998:\n")
            .File("/etc/ssh/ssh_host_ed25519_key", "key", mode, group: (uint)group).File("/etc/ssh/ssh_host_ed25519_key.pub", "key", 644));
    }

    [Theory]
    [InlineData("90", 90L)]
    [InlineData("90s", 90L)]
    [InlineData("2m", 120L)]
    [InlineData("1h30m", 5400L)]
    [InlineData("none", null)]
    [InlineData("", null)]
    [InlineData("99999999999999999999", null)]
    public void Times_are_read_as_sshd_reads_them(string text, long? expected)
    {
        Assert.Equal(expected, SshChecks.Seconds(text));
    }

    private static GuestBuilder Sshd(string configuration) =>
        new GuestBuilder().File("/usr/sbin/sshd").File("/etc/ssh/sshd_config", configuration + "\n", mode: 600);
}
