using System.Text.Json;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Users;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Users;

public sealed class SudoersTests
{
    // Every form that sudoers(5) knows for who a rule is for, and for a default.
    private const string Hard = """
        Defaults env_reset, \
            use_pty, timestamp_timeout=5
        Defaults logfile="/var/log/sudo, all.log"
        Defaults:alice,bob !authenticate
        Defaults@web01 !lecture
        Defaults>root env_keep += "A B"
        User_Alias ADMINS = alice, bob : OPS = %wheel, ADMINS, !carol
        Host_Alias WEB = web01, web02
        Cmnd_Alias SHELLS = /bin/sh, \
            /bin/bash
        #1000 ALL = (root) ALL
        %#1001 ALL=(ALL:ALL) NOPASSWD : /usr/bin/apt
        dave , "erin smith" WEB = NOPASSWD: SHELLS, PASSWD: /bin/ls : ALL = /bin/true # a comment
        OPS ALL=(ALL) NOEXEC: NOPASSWD: /usr/bin/vi
        !frank,ALL ALL=/bin/date
        ALL, !OPS ALL=/bin/cal
        # a comment
        %domain\ users ALL=(ALL) ALL
        """;

    [Fact]
    public void Who_a_rule_is_for_may_be_a_list_a_number_an_alias_or_quoted()
    {
        var rules = Read(Hard).SudoRules;

        Assert.Equal(
            ["#1000", "%#1001", "dave|erin smith", "%wheel|alice|bob|!carol", "!frank|ALL", "ALL|!%wheel|!alice|!bob|carol", "%domain users"],
            rules.Select(rule => string.Join('|', rule.Users)));
        Assert.Equal([false, true, true, true, false, false, false], rules.Select(rule => rule.NoPassword));
        Assert.Equal(("OPS", 14), (rules[3].Who, rules[3].Line));
    }

    [Fact]
    public void Defaults_go_on_over_lines_and_have_a_scope()
    {
        Assert.Equal(
            ["env_reset", "use_pty", "timestamp_timeout=5", "logfile=/var/log/sudo, all.log", ":alice, bob !authenticate", "@web01 !lecture", ">root env_keep=A B"],
            Read(Hard).SudoDefaults.Select(item => $"{item.Scope} {(item.IsOff ? "!" : "")}{item.Name}{(item.Value is null ? "" : $"={item.Value}")}".TrimStart()));
    }

    [RequiresDebianRootFact("chroot")]
    public void Rules_and_defaults_are_those_that_sudo_s_own_parser_exports()
    {
        using var exported = JsonDocument.Parse(Tool.Run("chroot", [DebianRoot.Folder, "cvtsudoers", "-f", "json", "-e"], Hard + "\n"));
        static string Name(JsonElement user) => (user.TryGetProperty("negated", out _) ? "!" : "") + user.EnumerateObject().First() switch
        {
            { Name: "usergroup", Value: var name } => $"%{name}",
            { Name: "userid", Value: var id } => $"#{id}",
            { Name: "usergid", Value: var id } => $"%#{id}",
            var other => other.Value.ToString(),
        };

        // sudo makes one of each part of a line; here a line is one.
        var users = exported.RootElement.GetProperty("User_Specs").EnumerateArray().Select(rule => string.Join('|', rule.GetProperty("User_List").EnumerateArray().Select(Name)));
        var defaults = exported.RootElement.GetProperty("Defaults").EnumerateArray().SelectMany(item => item.GetProperty("Options").EnumerateArray())
            .Select(option => option.EnumerateObject().Last()).Select(option => (option.Name, option.Value.ValueKind == JsonValueKind.False));
        var found = Read(Hard);

        Assert.Equal(users.Distinct(), found.SudoRules.Select(rule => string.Join('|', rule.Users)));
        Assert.Equal(defaults, found.SudoDefaults.Select(item => (item.Name, item.IsOff)));
    }

    [Fact]
    public void Aliases_that_name_each_other_end()
    {
        var rule = Assert.Single(Read("User_Alias A = B\nUser_Alias B = A, eve\nA ALL=(ALL) ALL\n").SudoRules);

        Assert.Contains("eve", rule.Users);
        Assert.InRange(rule.Users.Count, 1, 100);
    }

    [Fact]
    public void Rules_come_from_included_files_too_but_not_from_backups()
    {
        var rules = new GuestBuilder()
            .File("/etc/sudoers", "Defaults env_reset\nUser_Alias A = x\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL) \\\n  ALL\n@includedir /etc/sudoers.d\n#include /etc/sudoers.site\n")
            .File("/etc/sudoers.d/90-cloud", "ubuntu ALL=(ALL) NOPASSWD:ALL\n").File("/etc/sudoers.d/old.bak", "eve ALL=(ALL) ALL\n").File("/etc/sudoers.site", "ops ALL=(ALL) ALL\n@include sudoers\n")
            .Build().Users.SudoRules;

        Assert.Equal(["root", "%sudo", "ubuntu", "ops"], rules.Select(rule => rule.Who));
        Assert.Equal((true, "/etc/sudoers.d/90-cloud", 1), (rules[2].NoPassword, rules[2].File, rules[2].Line));
    }

    private static UserFacts Read(string sudoers) => new GuestBuilder().File("/etc/sudoers", sudoers).Build().Users;
}
