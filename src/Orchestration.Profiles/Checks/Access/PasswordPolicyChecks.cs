using System.Globalization;
using Orchestration.Inspection;
using Orchestration.Inspection.Authentication;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Access;

/// <summary>The numbers behind the PAM modules that lock accounts, weigh new passwords and remember old ones.</summary>
internal static class PasswordPolicyChecks
{
    private const string Faillock = "pam_faillock.so";

    private const string Quality = "pam_pwquality.so";

    private const string History = "pam_pwhistory.so";

    private const string Unix = "pam_unix.so";

    // pwquality.conf(5), faillock.conf(5), pam_pwhistory(8): what holds where nothing is set.
    private static readonly Dictionary<string, int> Defaults = new(StringComparer.Ordinal)
    {
        ["difok"] = 1, ["minlen"] = 8, ["minclass"] = 0, ["maxrepeat"] = 0, ["maxsequence"] = 0, ["dictcheck"] = 1, ["enforcing"] = 1,
        ["deny"] = 3, ["unlock_time"] = 600, ["remember"] = 10,
    };

    public static IReadOnlyList<Check> All { get; } =
    [
        MakeNumber("GK-PWD-010", "Five failed attempts lock an account", Faillock, "deny", number => number is >= 1 and <= 5, "deny between 1 and 5",
            Cis("5.3.3.1.1"), CisLinux("5.3.2"), CisRedHat("5.5.2")),
        MakeNumber("GK-PWD-011", "A locked account stays locked for a quarter of an hour", Faillock, "unlock_time", number => number is 0 or >= 900,
            "unlock_time 0 (never) or at least 900", Cis("5.3.3.1.2"), CisRedHat("5.5.2")),
        MakeSwitch("GK-PWD-012", "Failed attempts lock root too", Faillock, ["even_deny_root", "root_unlock_time"], Cis("5.3.3.1.3", 2)),
        MakeNumber("GK-PWD-013", "A new password differs from the old", Quality, "difok", number => number >= 2, "difok at least 2", Cis("5.3.3.2.1")),
        MakeNumber("GK-PWD-014", "Passwords have fourteen characters", Quality, "minlen", number => number >= 14, "minlen at least 14", Cis("5.3.3.2.2"), CisLinux("5.3.1"), CisRedHat("5.5.1")),
        Make("GK-PWD-015", "Passwords mix kinds of characters", Quality, JudgeComplexity, Cis("5.3.3.2.3"), CisRedHat("5.5.1")) with
        {
            Remediation = "Set minclass = 4, or dcredit, ucredit, lcredit and ocredit to -1, in /etc/security/pwquality.conf.",
        },
        MakeNumber("GK-PWD-016", "Passwords do not repeat one character", Quality, "maxrepeat", number => number is >= 1 and <= 3, "maxrepeat between 1 and 3", Cis("5.3.3.2.4")),
        MakeNumber("GK-PWD-017", "Passwords have no runs such as 1234", Quality, "maxsequence", number => number is >= 1 and <= 3, "maxsequence between 1 and 3", Cis("5.3.3.2.5")),
        MakeNumber("GK-PWD-018", "Passwords are not words of a dictionary", Quality, "dictcheck", number => number != 0, "dictcheck not 0", Cis("5.3.3.2.6")),
        MakeNumber("GK-PWD-019", "Weak passwords are refused and not only warned of", Quality, "enforcing", number => number != 0, "enforcing not 0", Cis("5.3.3.2.7")),
        MakeSwitch("GK-PWD-020", "Root's passwords are weighed too", Quality, ["enforce_for_root"], Cis("5.3.3.2.8")),
        MakeNumber("GK-PWD-021", "The last two dozen passwords are refused", History, "remember", number => number >= 24, "remember at least 24", Cis("5.3.3.3.1"), CisLinux("5.3.3")),
        MakeSwitch("GK-PWD-023", "Root's old passwords are refused too", History, ["enforce_for_root"], Cis("5.3.3.3.2")),
        MakeArgument("GK-PWD-024", "The history checks the password that was typed", History, "use_authtok", true, Cis("5.3.3.3.3")),
        MakeArgument("GK-PWD-025", "The history is not kept by pam_unix, with weak hashes", Unix, "remember", false, Cis("5.3.3.4.2")),
        MakeArgument("GK-PWD-026", "The password set is the one that was weighed", Unix, "use_authtok", true, Cis("5.3.3.4.4")),
    ];

    private static string FileOf(string module) => module switch
    {
        Faillock => "/etc/security/faillock.conf",
        History => "/etc/security/pwhistory.conf",
        _ => "/etc/security/pwquality.conf",
    };

    private static Check Make(string id, string title, string module, Func<Guest, Judgement> evaluate, params Reference[] references) =>
        new(id, title, Severity.Low, [Compliance], evaluate)
        {
            References = references,
            Remediation = "",
            AppliesTo = "guests that use PAM for passwords",
            RestsOn = guest => [guest.Authentication],
            Files = ["/etc/pam.d", FileOf(module)],
            Reads = [FileOf(module)],
            Exempts = guest => guest.Authentication.PamRules.Any(rule => rule.Type == "password") ? null : "PAM is not used for passwords",
        };

    private static Check MakeNumber(
        string id, string title, string module, string name, Func<int, bool> isRight, string expected, params Reference[] references) =>
        Make(id, title, module, guest => WithModule(guest, module, expected, rules =>
        {
            var found = Find(guest, rules, module, name);
            var value = found?.Value is { } text
                ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (int?)null
                : Defaults[name];
            return Judgement.PassWhen(
                value is { } known && isRight(known),
                found is null ? new Evidence(FileOf(module), null, $"{name} not set (default {Defaults[name]})", expected) : Of(found, expected));
        }), references) with
        {
            Remediation = $"Keep {module} in the PAM stack and have {expected} in {FileOf(module)}.",
        };

    private static Check MakeSwitch(string id, string title, string module, string[] names, params Reference[] references) =>
        Make(id, title, module, guest => WithModule(guest, module, string.Join(" or ", names), rules =>
            names.Select(name => Find(guest, rules, module, name)).FirstOrDefault(setting => setting is not null) is { } found
                ? Judgement.Pass(Of(found, string.Join(" or ", names)))
                : Judgement.Fail(new Evidence(FileOf(module), null, "not set", string.Join(" or ", names)))), references) with
        {
            Remediation = $"Keep {module} in the PAM stack and write {names[0]} into {FileOf(module)}.",
        };

    private static Check MakeArgument(string id, string title, string module, string argument, bool isWanted, params Reference[] references)
    {
        var expected = $"{(isWanted ? "" : "no ")}{argument} on the lines of {module} in the password stack";
        return Make(id, title, module, guest => WithModule(guest, module, expected, rules =>
        {
            var lines = rules.Where(rule => rule.Type == "password").Select(rule => (
                IsRight: rule.Arguments.Any(found => found.Split('=')[0] == argument) == isWanted,
                Evidence: new Evidence(rule.File, rule.Line, $"{rule.Module} {string.Join(' ', rule.Arguments)}", expected))).ToList();
            return Judgement.PassUnless([.. lines.Where(line => !line.IsRight).Select(line => line.Evidence)], [.. lines.Select(line => line.Evidence)]);
        }), references) with
        {
            Remediation = $"{(isWanted ? "Add" : "Remove")} {argument} {(isWanted ? "to" : "from")} the lines of {module} in the password stack.",
        };
    }

    private static Judgement WithModule(Guest guest, string module, string expected, Func<List<PamRule>, Judgement> judge)
    {
        var rules = guest.Authentication.PamRules.Where(rule => rule.Module == module).ToList();
        return rules.Count > 0 ? judge(rules) : Judgement.Fail(new Evidence("/etc/pam.d", null, $"{module} is not used", expected));
    }

    /// <summary>An argument of the module wins over its file.</summary>
    private static Setting? Find(Guest guest, List<PamRule> rules, string module, string name)
    {
        foreach (var rule in rules)
        {
            if (rule.Arguments.FirstOrDefault(argument => argument.Split('=')[0] == name) is { } argument)
            {
                return new Setting(name, argument.Split('=', 2).ElementAtOrDefault(1) ?? "", rule.File, rule.Line);
            }
        }

        return module == Quality
            ? guest.Authentication.FindPasswordQuality(name)
            : GuestText.Assignments(guest, FileOf(module)).TryGetValue(name, out var found) ? new Setting(name, found.Value, found.Line.File, found.Line.Number) : null;
    }

    private static Evidence Of(Setting setting, string expected) =>
        new(setting.File, setting.Line, setting.Value.Length == 0 ? setting.Name : $"{setting.Name} = {setting.Value}", expected);

    private static Judgement JudgeComplexity(Guest guest)
    {
        const string Expected = "minclass 4, or each kind of character required";
        return WithModule(guest, Quality, Expected, rules =>
        {
            var settings = new[] { "minclass", "dcredit", "ucredit", "lcredit", "ocredit" }
                .Select(name => Find(guest, rules, Quality, name)).OfType<Setting>().ToDictionary(setting => setting.Name, StringComparer.Ordinal);
            int Number(string name) =>
                settings.TryGetValue(name, out var setting) && int.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
            return Judgement.PassWhen(
                Number("minclass") >= 4 || new[] { "dcredit", "ucredit", "lcredit", "ocredit" }.All(name => Number(name) < 0),
                settings.Count == 0
                    ? [new Evidence(FileOf(Quality), null, "none of minclass, dcredit, ucredit, lcredit, ocredit is set", Expected)]
                    : [.. settings.Values.Select(setting => Of(setting, Expected))]);
        });
    }
}
