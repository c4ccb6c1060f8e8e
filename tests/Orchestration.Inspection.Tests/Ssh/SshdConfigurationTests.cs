using Orchestration.GuestFixtures;
using Orchestration.Inspection.Ssh;

namespace Orchestration.Inspection.Tests.Ssh;

public sealed class SshdConfigurationTests
{
    [Fact]
    public void The_first_value_of_a_keyword_wins()
    {
        var option = Read("PermitRootLogin no\nPermitRootLogin yes\n").Find("PermitRootLogin");

        Assert.Equal(("no", "/etc/ssh/sshd_config", 1), (option?.Value, option?.File, option?.Line));
    }

    [Fact]
    public void Keywords_are_compared_without_regard_to_case_and_may_be_followed_by_an_equals_sign()
    {
        var ssh = Read("PERMITROOTLOGIN=no\nport = 2222\n");

        Assert.Equal(("no", "2222"), (ssh.Find("permitRootLogin")?.Value, ssh.Find("Port")?.Value));
    }

    [Fact]
    public void An_included_file_stands_where_its_include_does()
    {
        var before = Guest("Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n");
        var after = Guest("PermitRootLogin no\nInclude sshd_config.d/*.conf\n");

        Assert.Equal(("yes", "/etc/ssh/sshd_config.d/10-cloud.conf"), (before.Find("PermitRootLogin")?.Value, before.Find("PermitRootLogin")?.File));
        Assert.Equal("no", after.Find("PermitRootLogin")?.Value);

        static SshFacts Guest(string main) => new GuestBuilder().File("/etc/ssh/sshd_config", main)
            .File("/etc/ssh/sshd_config.d/20-late.conf", "PermitRootLogin without-password\n")
            .File("/etc/ssh/sshd_config.d/10-cloud.conf", "PermitRootLogin yes\n")
            .File("/etc/ssh/sshd_config.d/00-not-read.txt", "PermitRootLogin no\n").Build().Ssh;
    }

    [Fact]
    public void What_follows_a_match_line_holds_only_there()
    {
        var ssh = Read("PasswordAuthentication no\nMatch User backup\n  PasswordAuthentication yes\nMatch all\nX11Forwarding yes\n");

        Assert.Equal(("no", "yes"), (ssh.Find("PasswordAuthentication")?.Value, ssh.Find("X11Forwarding")?.Value));
        var match = Assert.Single(ssh.Matches);
        Assert.Equal(("User backup", 2, "yes"), (match.Criteria, match.Line, Assert.Single(match.Options).Value));
    }

    [Fact]
    public void A_match_in_an_included_file_ends_with_it()
    {
        var ssh = new GuestBuilder().File("/etc/ssh/sshd_config", "Include extra.conf\nPermitRootLogin no\n")
            .File("/etc/ssh/extra.conf", "Match Group wheel\nPermitRootLogin yes\n").Build().Ssh;

        Assert.Equal("no", ssh.Find("PermitRootLogin")?.Value);
    }

    [Fact]
    public void What_is_not_set_is_a_default_and_marked_so()
    {
        var option = Read("# PermitRootLogin yes\n").Find("PermitRootLogin");

        Assert.Equal(("prohibit-password", true, null), (option?.Value, option?.IsDefault ?? false, option?.File));
    }

    [Fact]
    public void Some_keywords_add_up()
    {
        Assert.Equal(["22", "2222"], Read("Port 22\nPort 2222\n").FindAll("Port").Select(option => option.Value));
    }

    [Fact]
    public void Old_names_are_read_as_the_new_ones()
    {
        Assert.Equal("no", Read("ChallengeResponseAuthentication no\n").Find("KbdInteractiveAuthentication")?.Value);
    }

    [Fact]
    public void A_file_that_includes_itself_ends()
    {
        var ssh = Read("Include sshd_config\nPermitRootLogin no\n");

        Assert.Equal("no", ssh.Find("PermitRootLogin")?.Value);
        Assert.NotEmpty(ssh.Warnings);
    }

    [Theory]
    [InlineData("AllowUsers alice bob # comment", "AllowUsers|alice|bob")]
    [InlineData("Banner=\"/etc/my issue\"", "Banner|/etc/my issue")]
    [InlineData("SetEnv A=b", "SetEnv|A=b")]
    [InlineData("Banner = none", "Banner|none")]
    public void Arguments_are_split_as_sshd_does(string line, string expected)
    {
        Assert.Equal(expected.Split('|'), SshdConfigurationReader.SplitArguments(line));
    }

    private static SshFacts Read(string main) => new GuestBuilder().File("/etc/ssh/sshd_config", main).Build().Ssh;
}
