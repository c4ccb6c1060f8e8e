using Orchestration.GuestFixtures;
using static Orchestration.Profiles.Tests.CheckAssert;

namespace Orchestration.Profiles.Tests.Checks;

public sealed class UserCheckTests
{
    private const string Root = "root:x:0:0:root:/root:/bin/bash\n";

    [Theory]
    [InlineData("GK-USR-001", "toor:x:0:0::/root:/bin/sh\n", "")]
    [InlineData("GK-USR-003", "games:x:5:60::/usr/games:/bin/sh\n", "games:x:5:60::/usr/games:/usr/sbin/nologin\n")]
    [InlineData("GK-USR-005", "bob:x:1001:1001::/home/bob:/bin/bash\n", "bob:x:1001:1001::/home/bob:/usr/sbin/nologin\n")]
    [InlineData("GK-USR-007", "bob:$1$salt$hash:1001:1001::/home/bob:/bin/bash\n", "bob:x:1001:1001::/home/bob:/bin/bash\n")]
    [InlineData("GK-USR-008", "root:x:7:7::/:/bin/false\n", "bin:x:2:2::/bin:/bin/false\n")]
    public void An_account_that_fails_and_one_that_passes(string id, string wrong, string right)
    {
        Gives(Verdict.Fail, id, new GuestBuilder().File("/etc/passwd", Root + wrong));
        Gives(Verdict.Pass, id, new GuestBuilder().File("/etc/passwd", Root + right));
    }

    [Theory]
    [InlineData("GK-USR-002", "", Verdict.Fail)]
    [InlineData("GK-USR-002", "!", Verdict.Pass)]
    [InlineData("GK-USR-002", "*", Verdict.Pass)]
    [InlineData("GK-USR-006", "$1$salt$hash", Verdict.Fail)]
    [InlineData("GK-USR-006", "$y$j9T$salt$hash", Verdict.Pass)]
    public void A_password_field_decides(string id, string field, Verdict expected)
    {
        Gives(expected, id, new GuestBuilder().File("/etc/passwd", Root).File("/etc/shadow", $"root:{field}:19000:0:99999:7:::\n"));
    }

    [Fact]
    public void Without_a_shadow_file_empty_passwords_cannot_be_ruled_out()
    {
        Gives(Verdict.NotAssessable, "GK-USR-002", new GuestBuilder().File("/etc/passwd", Root));
    }

    [Fact]
    public void A_sudo_rule_without_a_password_is_named_with_its_line()
    {
        var judgement = Judge("GK-USR-009", new GuestBuilder().File("/etc/passwd", Root)
            .File("/etc/sudoers", "root ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n").File("/etc/sudoers.d/90-cloud", "# cloud\nubuntu ALL=(ALL) NOPASSWD:ALL\n"));

        Assert.Equal(Verdict.Fail, judgement.Verdict);
        Assert.Equal(("/etc/sudoers.d/90-cloud", 2), (judgement.Evidence[0].File, judgement.Evidence[0].Line));
    }
}
