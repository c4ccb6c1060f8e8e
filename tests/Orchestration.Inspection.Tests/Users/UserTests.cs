using Orchestration.GuestFixtures;
using Orchestration.Inspection.Users;

namespace Orchestration.Inspection.Tests.Users;

public sealed class UserTests
{
    private const string Passwd = """
        root:x:0:0:root:/root:/bin/bash
        daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
        alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash

        """;

    [Fact]
    public void An_account_has_its_groups_primary_first()
    {
        var user = Read(group: "alice:x:1000:\nsudo:x:27:alice\naudio:x:29:bob,alice\n").Users[2];

        Assert.Equal(["alice", "sudo", "audio"], user.Groups);
        Assert.Equal((1000u, "/home/alice", true, 3), (user.UserId, user.Home, user.HasLoginShell, user.Line));
    }

    [Theory]
    [InlineData("", PasswordState.None, null)]
    [InlineData("!", PasswordState.Locked, null)]
    [InlineData("*", PasswordState.Locked, null)]
    [InlineData("!!", PasswordState.Locked, null)]
    [InlineData("!$6$salt$hash", PasswordState.Locked, "sha512")]
    [InlineData("$y$j9T$salt$hash", PasswordState.Set, "yescrypt")]
    [InlineData("$6$salt$hash", PasswordState.Set, "sha512")]
    [InlineData("$2b$12$hash", PasswordState.Set, "bcrypt")]
    [InlineData("$1$salt$hash", PasswordState.Set, "md5")]
    [InlineData("ab01FAX.bQRSU", PasswordState.Set, "des")]
    [InlineData("NP", PasswordState.Locked, null)]
    public void The_password_field_gives_state_and_algorithm(string field, PasswordState state, string? algorithm)
    {
        var password = Read(shadow: $"alice:{field}:19000:0:99999:7:::\n").Users[2].Password;

        Assert.Equal((state, algorithm), (password.State, password.Algorithm));
    }

    [Fact]
    public void The_hash_itself_is_in_no_fact()
    {
        var facts = Read(shadow: "alice:$6$salt$secrethash:19000:0:99999:7:::\n");

        Assert.DoesNotContain("secrethash", System.Text.Json.JsonSerializer.Serialize(facts), StringComparison.Ordinal);
    }

    [Fact]
    public void Ageing_fields_are_days_and_dates()
    {
        var ageing = Read(shadow: "alice:*:19000:1:90:7:30:20000:\n").Users[2].Ageing;

        Assert.Equal(new PasswordAgeing(new DateOnly(2022, 1, 8), 1, 90, 7, 30, new DateOnly(2024, 10, 4)), ageing);
    }

    [Fact]
    public void A_password_in_passwd_itself_is_reported_there()
    {
        var password = new GuestBuilder().File("/etc/passwd", "old:$1$salt$hash:5:5::/:/bin/sh\n").Build().Users.Users[0].Password;

        Assert.Equal((PasswordState.Set, "/etc/passwd"), (password.State, password.File));
    }

    [Fact]
    public void Without_a_shadow_entry_the_state_is_unknown()
    {
        Assert.Equal(PasswordState.Unknown, Read().Users[0].Password.State);
    }

    [Fact]
    public void Administrators_are_the_members_of_the_customary_groups()
    {
        Assert.Equal(["alice", "root"], Read(group: "root:x:0:\nalice:x:1000:\nsudo:x:27:alice\nwheel:x:10:root\n").Administrators);
    }

    [Fact]
    public void Keys_are_counted_without_comments()
    {
        var users = new GuestBuilder().File("/etc/passwd", Passwd)
            .File("/home/alice/.ssh/authorized_keys", "# laptop\nssh-ed25519 AAAA a\n\nssh-rsa AAAA b\n").Build().Users;

        Assert.Equal(2, users.Users[2].AuthorizedKeys);
    }

    [Fact]
    public void A_broken_line_is_a_warning_and_the_rest_is_read()
    {
        var facts = new GuestBuilder().File("/etc/passwd", "broken\n" + Passwd).Build().Users;

        Assert.Equal(3, facts.Users.Count);
        Assert.Contains("line 1", Assert.Single(facts.Warnings).Message, StringComparison.Ordinal);
    }

    private static UserFacts Read(string group = "", string shadow = "") =>
        new GuestBuilder().File("/etc/passwd", Passwd).File("/etc/group", group).File("/etc/shadow", shadow, mode: 640, group: 42).Build().Users;
}
