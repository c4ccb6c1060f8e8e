namespace Orchestration.Inspection.Authentication;

/// <summary>The rules by which the guest lets people in.</summary>
public sealed record AuthenticationFacts : FactSet
{
    /// <summary>Settings of login.defs(5), the last of a name winning.</summary>
    public IReadOnlyList<Setting> LoginDefinitions { get; init; } = [];

    /// <summary>Lines of the PAM stacks, in order, includes not expanded.</summary>
    public IReadOnlyList<PamRule> PamRules { get; init; } = [];

    /// <summary>Settings of pwquality.conf(5) in effect, arguments of the PAM module winning over files.</summary>
    public IReadOnlyList<Setting> PasswordQuality { get; init; } = [];

    /// <summary>Every umask that a login shell would set, in the order in which they are set.</summary>
    public IReadOnlyList<Setting> Umasks { get; init; } = [];

    public Setting? FindLoginDefinition(string name) => LoginDefinitions.FirstOrDefault(setting => setting.Name == name);

    public Setting? FindPasswordQuality(string name) => PasswordQuality.FirstOrDefault(setting => setting.Name == name);
}

/// <summary>A value and where it is set.</summary>
public sealed record Setting(string Name, string Value, string File, int Line);

/// <param name="Service">The file in <c>/etc/pam.d</c>.</param>
/// <param name="Type"><c>auth</c>, <c>account</c>, <c>password</c> or <c>session</c>.</param>
/// <param name="Control"><c>required</c>, <c>[success=1 default=ignore]</c>, …</param>
/// <param name="Module"><c>pam_unix.so</c>.</param>
/// <param name="Arguments">Words after it.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Counted from one.</param>
public sealed record PamRule(
    string Service,
    string Type,
    string Control,
    string Module,
    IReadOnlyList<string> Arguments,
    string File,
    int Line);
