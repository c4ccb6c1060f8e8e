using System.Text.RegularExpressions;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Authentication;

/// <summary>login.defs(5), pam.conf(5), pwquality.conf(5) and the shells' start files.</summary>
internal static partial class AuthenticationReader
{
    // Distributions that keep /etc for the administrator have their own files below /usr.
    private static readonly string[] LoginDefinitions = ["/etc/login.defs", "/usr/etc/login.defs"];

    private static readonly string[] PamDirectories = ["/etc/pam.d", "/usr/lib/pam.d"];

    private const string Quality = "/etc/security/pwquality.conf";

    private static readonly string[] ShellFiles = ["/etc/profile", "/etc/profile.d/*.sh", "/etc/bash.bashrc", "/etc/bashrc"];

    public static IReadOnlyList<string> Paths { get; } = [.. LoginDefinitions, .. PamDirectories.Select(directory => $"{directory}/*"), Quality, $"{Quality}.d/*.conf", .. ShellFiles];

    public static AuthenticationFacts Read(FactReader reader)
    {
        var services = PamDirectories.SelectMany(directory => reader.Glob($"{directory}/*")).DistinctBy(GuestPath.Name);
        var rules = services.SelectMany(path => ParsePam(reader.Text(path) ?? "", path)).ToList();
        var loginFile = LoginDefinitions.FirstOrDefault(reader.Exists) ?? LoginDefinitions[0];
        var definitions = LastWins(TextLines.Significant(reader.Text(loginFile) ?? "")
            .Where(line => line.Words.Length > 1)
            .Select(line => new Setting(line.Words[0], line.Words[1], loginFile, line.Number)));
        return new AuthenticationFacts
        {
            LoginDefinitions = definitions,
            PamRules = rules,
            PasswordQuality = ReadQuality(reader, rules),
            Umasks = ReadUmasks(reader, rules, definitions),
            Warnings = reader.Warnings,
        };
    }

    private static IEnumerable<PamRule> ParsePam(string text, string path)
    {
        foreach (var (number, line) in TextLines.Joined(text))
        {
            if (PamLine().Match(line) is { Success: true } match)
            {
                yield return new PamRule(
                    GuestPath.Name(path),
                    match.Groups["type"].Value.ToLowerInvariant(),
                    match.Groups["control"].Value,
                    GuestPath.Name(match.Groups["module"].Value),
                    TextLines.WithoutTrailingComment(match.Groups["arguments"].Value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
                    path,
                    number);
            }
        }
    }

    /// <summary>The directory's files are read first, so that the main file wins over them; arguments win over both (pwquality.conf(5)).</summary>
    private static List<Setting> ReadQuality(FactReader reader, List<PamRule> rules)
    {
        var files = reader.Texts($"{Quality}.d/*.conf").Concat(reader.Texts(Quality));
        var settings = from file in files
                       from line in TextLines.Significant(file.Text)
                       let parts = TextLines.WithoutTrailingComment(line.Text).Split('=', 2, StringSplitOptions.TrimEntries)
                       select new Setting(parts[0], parts.ElementAtOrDefault(1) ?? "", file.Path, line.Number);
        var arguments = from rule in rules
                        where rule is { Type: "password", Module: "pam_pwquality.so" }
                        from argument in rule.Arguments
                        let parts = argument.Split('=', 2)
                        select new Setting(parts[0], parts.ElementAtOrDefault(1) ?? "", rule.File, rule.Line);
        return LastWins(settings.Concat(arguments));
    }

    /// <summary>pam_umask takes its argument or login.defs before the shell starts; the shell's files may set another.</summary>
    private static List<Setting> ReadUmasks(FactReader reader, List<PamRule> rules, List<Setting> definitions)
    {
        var umasks = new List<Setting>();
        if (rules.Find(rule => rule is { Type: "session", Module: "pam_umask.so" }) is { } module)
        {
            var argument = module.Arguments.FirstOrDefault(word => word.StartsWith("umask=", StringComparison.Ordinal));
            if (argument is not null)
            {
                umasks.Add(new Setting("umask", argument["umask=".Length..], module.File, module.Line));
            }
            else if (definitions.Find(setting => setting.Name == "UMASK") is { } definition)
            {
                umasks.Add(definition with { Name = "umask" });
            }
        }

        umasks.AddRange(
            from source in ShellFiles.SelectMany(reader.Texts)
            from line in TextLines.Significant(source.Text)
            let match = UmaskCommand().Match(line.Text)
            where match.Success
            select new Setting("umask", match.Groups[1].Value, source.Path, line.Number));
        return umasks;
    }

    private static List<Setting> LastWins(IEnumerable<Setting> settings) =>
        [.. settings.Reverse().DistinctBy(setting => setting.Name).Reverse()];

    [GeneratedRegex(@"^-?(?<type>auth|account|password|session)\s+(?<control>\[[^\]]*\]|\S+)\s+(?<module>\S+)(?<arguments>.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex PamLine();

    [GeneratedRegex(@"^umask\s+([0-7]{1,4})\b")]
    private static partial Regex UmaskCommand();
}
