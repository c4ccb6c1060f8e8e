using System.Globalization;
using Orchestration.Inspection;
using Orchestration.Inspection.Authentication;
using Orchestration.Inspection.Users;
using static Orchestration.Profiles.Benchmark;
using static Orchestration.Profiles.ProfileCatalog;

namespace Orchestration.Profiles.Checks.Access;

/// <summary>The rules for passwords: age, quality, hashing, lockout, and what new files may be read by whom.</summary>
internal static class PasswordChecks
{
    private const string LoginDefinitions = "/etc/login.defs";

    public static IReadOnlyList<Check> All { get; } =
    [
        Make("GK-PWD-001", "Passwords expire after at most 90 days", Severity.Medium, [Compliance], guest =>
            JudgeAge(guest, "PASS_MAX_DAYS", days => days is >= 1 and <= 90, ageing => ageing.MaximumDays, "between 1 and 90")) with
        {
            References = [Pci("8.3.9")],
            Remediation = "Set PASS_MAX_DAYS to 90 or less in /etc/login.defs, and chage -M 90 for every existing account with a password.",
        },
        Make("GK-PWD-002", "Passwords cannot be changed back at once", Severity.Medium, [Compliance], guest =>
            JudgeAge(guest, "PASS_MIN_DAYS", days => days >= 1, ageing => ageing.MinimumDays, "at least 1")) with
        {
            References = [Cis("5.4.1.2", 2), CisRedHat("5.6.1.2")],
            Remediation = "Set PASS_MIN_DAYS to 1 or more, and chage -m 1 for every existing account with a password.",
        },
        Make("GK-PWD-003", "People are warned a week before a password expires", Severity.Low, [Compliance], guest =>
            JudgeAge(guest, "PASS_WARN_AGE", days => days >= 7, ageing => ageing.WarningDays, "at least 7")) with
        {
            References = [Cis("5.4.1.3"), CisLinux("5.4.1.3"), CisRedHat("5.6.1.3")],
            Remediation = "Set PASS_WARN_AGE to 7 or more, and chage -W 7 for every existing account with a password.",
        },
        Make("GK-PWD-004", "New passwords must be long and not easy", Severity.High, [Compliance], JudgeQuality) with
        {
            References = [Cis("5.3.2.3"), Pci("8.3.6")],
            Remediation = "Install libpam-pwquality (or libpwquality), keep pam_pwquality in the password stack, and set minlen = 14 in /etc/security/pwquality.conf.",
        },
        Make("GK-PWD-005", "New passwords are hashed with a strong method", Severity.High, [Compliance, Hardening], JudgeHashing) with
        {
            References = [Cis("5.4.1.4"), CisLinux("5.3.4"), CisRedHat("5.5.4"), Pci("8.3.2")],
            Remediation = "Set ENCRYPT_METHOD to YESCRYPT or SHA512 in /etc/login.defs, and yescrypt or sha512 as argument of pam_unix in the password stack.",
        },
        Make("GK-PWD-006", "PAM accepts no empty password", Severity.High, [Compliance], guest =>
            Judgement.PassUnless(
                [.. UnixRules(guest).Where(rule => rule.Arguments.Contains("nullok")).Select(rule => Of(rule, "no nullok"))],
                [.. UnixRules(guest).Select(rule => Of(rule, "no nullok"))])) with
        {
            References = [Cis("5.3.3.4.1"), Pci("8.3.1")],
            Remediation = "Remove nullok from the lines of pam_unix.",
            Exempts = guest => UnixRules(guest).Any() ? null : "PAM is not used for passwords",
        },
        Make("GK-PWD-007", "Accounts lock after failed attempts", Severity.Medium, [Compliance], guest =>
            JudgeModule(guest, "auth", "pam_faillock.so", "pam_tally2.so")) with
        {
            References = [Cis("5.3.2.2"), CisRedHat("5.4.2"), Pci("8.3.4")],
            Remediation = "Add pam_faillock to the auth stack with deny=5 and unlock_time=1800.",
        },
        Make("GK-PWD-008", "Old passwords cannot be used again", Severity.Medium, [Compliance], guest =>
            guest.Authentication.PamRules.FirstOrDefault(rule => rule is { Type: "password", Module: "pam_unix.so" }
                && rule.Arguments.Any(argument => argument.StartsWith("remember=", StringComparison.Ordinal))) is { } unix
                ? Judgement.Pass(Of(unix, "a history of passwords"))
                : JudgeModule(guest, "password", "pam_pwhistory.so")) with
        {
            References = [Cis("5.3.2.4"), Pci("8.3.7")],
            Remediation = "Add pam_pwhistory to the password stack with remember=24 (PCI asks for 4).",
        },
        Make("GK-PWD-009", "New files are closed to others", Severity.Low, [Hardening], JudgeUmask) with
        {
            References = [Cis("5.4.3.3"), CisLinux("5.4.4"), CisRedHat("5.6.5")],
            Remediation = "Set UMASK to 027 in /etc/login.defs and in the shells' start files.",
        },
        Make("GK-PWD-022", "Passwords expire after at most a year", Severity.Low, [Compliance], guest =>
            JudgeAge(guest, "PASS_MAX_DAYS", days => days is >= 1 and <= 365, ageing => ageing.MaximumDays, "between 1 and 365")) with
        {
            References = [Cis("5.4.1.1"), CisLinux("5.4.1.1"), CisRedHat("5.6.1.1")],
            Remediation = "Set PASS_MAX_DAYS to 365 or less in /etc/login.defs, and chage -M 365 for every existing account with a password.",
        },
    ];

    private static Check Make(string id, string title, Severity severity, IReadOnlyList<string> profiles, Func<Guest, Judgement> evaluate) =>
        new(id, title, severity, profiles, evaluate) { Remediation = "", RestsOn = guest => [guest.Authentication] };

    private static Evidence Of(Setting setting, string expected) => new(setting.File, setting.Line, $"{setting.Name} {setting.Value}", expected);

    private static Evidence Of(PamRule rule, string expected) =>
        new(rule.File, rule.Line, $"{rule.Type} {rule.Control} {rule.Module} {string.Join(' ', rule.Arguments)}".TrimEnd(), expected);

    private static IEnumerable<PamRule> UnixRules(Guest guest) => guest.Authentication.PamRules.Where(rule => rule.Module == "pam_unix.so");

    /// <summary>The rule for new accounts and what holds for those that exist: changing the one does not change the other.</summary>
    private static Judgement JudgeAge(Guest guest, string name, Func<int?, bool> isRight, Func<PasswordAgeing, int?> field, string expected)
    {
        var setting = guest.Authentication.FindLoginDefinition(name);
        var days = int.TryParse(setting?.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        var definition = setting is null ? new Evidence(LoginDefinitions, null, $"{name} not set", expected) : Of(setting, expected);
        return Judgement.PassUnless(
            [
                .. isRight(days) ? Array.Empty<Evidence>() : [definition],
                .. from user in guest.Users.Users
                   where user.Password.State == PasswordState.Set
                   let value = user.Ageing is { } ageing ? field(ageing) : null
                   where !isRight(value)
                   select new Evidence(user.Password.File, user.Password.Line, $"{user.Name}: {value?.ToString(CultureInfo.InvariantCulture) ?? "not set"}", expected),
            ],
            definition);
    }

    private static Judgement JudgeQuality(Guest guest)
    {
        const string Expected = "a module that checks quality, and minlen of at least 12 (CIS: 14)";
        var module = guest.Authentication.PamRules.FirstOrDefault(rule =>
            rule is { Type: "password", Module: "pam_pwquality.so" or "pam_cracklib.so" or "pam_passwdqc.so" });
        if (module is null)
        {
            return Judgement.Fail(new Evidence("/etc/pam.d", null, "no module checks new passwords", Expected));
        }

        // pwquality.conf(5): 8 is the default of minlen.
        var minimum = guest.Authentication.FindPasswordQuality("minlen");
        var length = minimum is null ? 8 : int.TryParse(minimum.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return Judgement.PassWhen(
            length >= 12 || module.Module != "pam_pwquality.so",
            Of(module, Expected),
            minimum is null ? new Evidence("/etc/security/pwquality.conf", null, "minlen not set (default 8)", Expected) : Of(minimum, Expected));
    }

    private static Judgement JudgeHashing(Guest guest)
    {
        const string Expected = "yescrypt, gost-yescrypt, sha512 or bcrypt";
        string[] strong = ["yescrypt", "gost_yescrypt", "sha512", "blowfish", "bcrypt"];
        string[] methods = [.. strong, "sha256", "md5", "bigcrypt", "des"];

        // Where PAM changes passwords its argument decides; login.defs is for the tools that do without PAM.
        List<(string Method, Evidence Evidence)> used =
        [
            .. from rule in UnixRules(guest)
               where rule.Type == "password"
               let method = rule.Arguments.FirstOrDefault(argument => methods.Contains(argument, StringComparer.Ordinal))
               where method is not null
               select (method, Of(rule, Expected)),
        ];
        if (guest.Authentication.FindLoginDefinition("ENCRYPT_METHOD") is { } definition)
        {
            used.Add((definition.Value.ToLowerInvariant(), Of(definition, Expected)));
        }

        return used.Count == 0
            ? Judgement.Fail(new Evidence(LoginDefinitions, null, "neither ENCRYPT_METHOD nor a method of pam_unix is set", Expected))
            : Judgement.PassUnless(
                [.. used.Where(item => !strong.Contains(item.Method, StringComparer.Ordinal)).Select(item => item.Evidence)],
                [.. used.Select(item => item.Evidence)]);
    }

    private static Judgement JudgeModule(Guest guest, string type, params string[] modules)
    {
        var expected = $"{string.Join(" or ", modules)} in the {type} stack";
        return guest.Authentication.PamRules.FirstOrDefault(rule => rule.Type == type && modules.Contains(rule.Module, StringComparer.Ordinal)) is { } found
            ? Judgement.Pass(Of(found, expected))
            : Judgement.Fail(new Evidence("/etc/pam.d", null, "no such module", expected));
    }

    /// <summary>The last umask set is the one that a shell works with.</summary>
    private static Judgement JudgeUmask(Guest guest)
    {
        const string Expected = "027 or tighter";
        return guest.Authentication.Umasks is not [.., var last]
            ? Judgement.Fail(new Evidence(LoginDefinitions, null, "no umask is set (default 022)", Expected))
            : Judgement.PassWhen(IsTight(last.Value), Of(last, Expected));

        static bool IsTight(string octal) =>
            octal.Length is >= 1 and <= 4 && octal.All(digit => digit is >= '0' and <= '7') && (Convert.ToInt32(octal, 8) & 0b010_111) == 0b010_111;
    }
}
