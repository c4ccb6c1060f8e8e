using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.CheckAssert;

namespace Orchestration.Profiles.Tests.Checks;

public sealed class PasswordCheckTests
{
    [Theory]
    [InlineData("GK-PWD-001", "PASS_MAX_DAYS 99999", "PASS_MAX_DAYS\t90")]
    [InlineData("GK-PWD-001", "#PASS_MAX_DAYS 90", "PASS_MAX_DAYS 99999\nPASS_MAX_DAYS 60")]
    [InlineData("GK-PWD-002", "PASS_MIN_DAYS 0", "PASS_MIN_DAYS 1")]
    [InlineData("GK-PWD-003", "PASS_WARN_AGE 3", "PASS_WARN_AGE 7")]
    [InlineData("GK-PWD-005", "ENCRYPT_METHOD MD5", "ENCRYPT_METHOD YESCRYPT")]
    public void A_rule_for_new_passwords_that_fails_and_one_that_passes(string id, string wrong, string right)
    {
        Gives(Verdict.Fail, id, new GuestBuilder().File("/etc/login.defs", wrong + "\n"));
        Gives(Verdict.Pass, id, new GuestBuilder().File("/etc/login.defs", right + "\n"));
    }

    [Fact]
    public void Existing_accounts_count_beside_the_rule_for_new_ones()
    {
        var judgement = Judge("GK-PWD-001", new GuestBuilder().File("/etc/login.defs", "PASS_MAX_DAYS 90\n")
            .File("/etc/passwd", "alice:x:1000:1000::/home/alice:/bin/bash\nbob:x:1001:1001::/home/bob:/bin/bash\n")
            .File("/etc/shadow", "alice:$6$a$b:19000:0:99999:7:::\nbob:!:19000:0:99999:7:::\n"));

        Assert.Equal("alice: 99999", Assert.Single(judgement.Evidence).Found);
    }

    [Theory]
    [InlineData("password requisite pam_pwquality.so retry=3", "minlen = 14", Verdict.Pass)]
    [InlineData("password requisite pam_pwquality.so retry=3 minlen=14", "minlen = 4", Verdict.Pass)]
    [InlineData("password requisite pam_pwquality.so retry=3", "# minlen = 14", Verdict.Fail)]
    [InlineData("# password requisite pam_pwquality.so", "minlen = 14", Verdict.Fail)]
    public void Quality_needs_the_module_and_a_length(string pam, string quality, Verdict expected)
    {
        Gives(expected, "GK-PWD-004", new GuestBuilder().File("/etc/pam.d/common-password", pam + "\n").File("/etc/security/pwquality.conf", quality + "\n"));
    }

    [Theory]
    [InlineData("GK-PWD-006", "auth [success=1 default=ignore] pam_unix.so nullok", "auth [success=1 default=ignore] pam_unix.so")]
    [InlineData("GK-PWD-007", "auth required pam_unix.so", "auth required pam_faillock.so preauth")]
    [InlineData("GK-PWD-008", "password required pam_unix.so sha512", "password required pam_pwhistory.so remember=24")]
    [InlineData("GK-PWD-008", "auth required pam_pwhistory.so", "password required pam_unix.so remember=24")]
    [InlineData("GK-PWD-005", "password required pam_unix.so md5", "password required pam_unix.so obscure yescrypt")]
    public void A_stack_that_fails_and_one_that_passes(string id, string wrong, string right)
    {
        Gives(Verdict.Fail, id, new GuestBuilder().File("/etc/pam.d/common-auth", wrong + "\n"));
        Gives(Verdict.Pass, id, new GuestBuilder().File("/etc/pam.d/common-auth", right + "\n"));
    }

    [Theory]
    [InlineData("umask 027", Verdict.Pass)]
    [InlineData("umask 077", Verdict.Pass)]
    [InlineData("umask 022", Verdict.Fail)]
    [InlineData("# umask 027", Verdict.Fail)]
    public void The_umask_closes_files_to_others(string line, Verdict expected)
    {
        Gives(expected, "GK-PWD-009", new GuestBuilder().File("/etc/profile", line + "\n"));
    }

    [Fact]
    public void A_umask_that_is_no_number_is_not_taken_for_tight()
    {
        Gives(Verdict.Fail, "GK-PWD-009", new GuestBuilder().File("/etc/login.defs", "UMASK 0x9\n").File("/etc/pam.d/common-session", "session optional pam_umask.so\n"));
    }
}
