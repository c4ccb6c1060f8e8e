using Orchestration.GuestFixtures;
using Orchestration.Inspection.Authentication;

namespace Orchestration.Inspection.Tests.Authentication;

public sealed class AuthenticationTests
{
    [Fact]
    public void The_last_login_definition_of_a_name_wins()
    {
        var setting = new GuestBuilder().File("/etc/login.defs", "PASS_MAX_DAYS 99999\n#PASS_MAX_DAYS 1\nPASS_MAX_DAYS\t60\n").Build().Authentication.FindLoginDefinition("PASS_MAX_DAYS");

        Assert.Equal(new Setting("PASS_MAX_DAYS", "60", "/etc/login.defs", 3), setting);
    }

    [Fact]
    public void A_line_of_pam_has_its_parts()
    {
        var rule = Assert.Single(new GuestBuilder()
            .File("/etc/pam.d/common-auth", "# comment\n@include other\n-auth\t[success=1 default=ignore]\t/lib/security/pam_unix.so nullok try_first_pass # x\n").Build().Authentication.PamRules);

        Assert.Equal(("common-auth", "auth", "[success=1 default=ignore]", "pam_unix.so", 3), (rule.Service, rule.Type, rule.Control, rule.Module, rule.Line));
        Assert.Equal(["nullok", "try_first_pass"], rule.Arguments);
    }

    [Fact]
    public void Quality_settings_of_the_main_file_win_over_the_directory_and_arguments_over_both()
    {
        var facts = new GuestBuilder()
            .File("/etc/security/pwquality.conf.d/50.conf", "minlen = 8\ndifok = 1\nminclass = 2\n").File("/etc/security/pwquality.conf", "minlen = 14\ndifok = 3\n")
            .File("/etc/pam.d/common-password", "password requisite pam_pwquality.so difok=5\n").Build().Authentication;

        Assert.Equal(
            ("14", "5", "2"),
            (facts.FindPasswordQuality("minlen")?.Value, facts.FindPasswordQuality("difok")?.Value, facts.FindPasswordQuality("minclass")?.Value));
    }

    [Fact]
    public void Umasks_are_in_the_order_in_which_a_login_sets_them()
    {
        var facts = new GuestBuilder().File("/etc/login.defs", "UMASK 022\n").File("/etc/pam.d/common-session", "session optional pam_umask.so\n")
            .File("/etc/profile", "# umask 077\numask 027\n").Build().Authentication;

        Assert.Equal([("022", "/etc/login.defs"), ("027", "/etc/profile")], facts.Umasks.Select(setting => (setting.Value, setting.File)));
    }

    [Fact]
    public void Rules_of_the_distribution_count_where_etc_has_none_of_the_name_and_lines_go_on()
    {
        var rules = new GuestBuilder().File("/usr/lib/pam.d/sshd", "auth required pam_vendor.so\n").File("/usr/lib/pam.d/su", "auth required \\\n  pam_wheel.so \\\n  use_uid group=nobodies\n")
            .File("/etc/pam.d/sshd", "auth required pam_unix.so\n").Build().Authentication.PamRules;

        Assert.Equal(["sshd pam_unix.so ", "su pam_wheel.so use_uid,group=nobodies"], rules.Select(rule => $"{rule.Service} {rule.Module} {string.Join(',', rule.Arguments)}"));
        Assert.Equal(("/usr/lib/pam.d/su", 1), (rules[1].File, rules[1].Line));
    }
}
