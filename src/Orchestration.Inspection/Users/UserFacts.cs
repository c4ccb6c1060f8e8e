namespace Orchestration.Inspection.Users;

/// <summary>Who can use the guest.</summary>
public sealed record UserFacts : FactSet
{
    /// <summary>In the order of <c>/etc/passwd</c>.</summary>
    public IReadOnlyList<User> Users { get; init; } = [];

    public IReadOnlyList<UserGroup> Groups { get; init; } = [];

    /// <summary>Rules of sudoers(5) that are read, in order.</summary>
    public IReadOnlyList<SudoRule> SudoRules { get; init; } = [];

    /// <summary>Defaults of sudoers(5), in the order in which they are read: a later one wins over an earlier of the same scope.</summary>
    public IReadOnlyList<SudoDefault> SudoDefaults { get; init; } = [];

    /// <summary>Users in the groups that distributions give administration to (<c>sudo</c>, <c>wheel</c>, <c>admin</c>), sorted.</summary>
    public IReadOnlyList<string> Administrators { get; init; } = [];
}

/// <summary>What <c>/etc/shadow</c> says of a password. The hash itself never leaves the reader.</summary>
public enum PasswordState
{
    /// <summary>The guest has no entry, or it could not be read.</summary>
    Unknown,

    /// <summary>Empty: anybody may log in without one.</summary>
    None,

    /// <summary>No password matches (<c>!</c>, <c>*</c>); keys may still.</summary>
    Locked,

    /// <summary>A password is set.</summary>
    Set,
}

/// <param name="Name">Login name.</param>
/// <param name="UserId">Number.</param>
/// <param name="GroupId">Primary group.</param>
/// <param name="Description">The comment field.</param>
/// <param name="Home">Home directory as written.</param>
/// <param name="Shell">Login shell; empty means <c>/bin/sh</c> (passwd(5)).</param>
/// <param name="HasLoginShell">Whether the shell lets anybody in: not <c>nologin</c>, <c>false</c>, <c>sync</c>, <c>shutdown</c> or <c>halt</c>.</param>
/// <param name="Password">State of the password.</param>
/// <param name="Ageing">What shadow(5) says of its age; null without an entry.</param>
/// <param name="Groups">Names of all its groups, primary first.</param>
/// <param name="AuthorizedKeys">Keys that open the account over SSH.</param>
/// <param name="Line">Line in <c>/etc/passwd</c>.</param>
public sealed record User(
    string Name,
    uint UserId,
    uint GroupId,
    string Description,
    string Home,
    string Shell,
    bool HasLoginShell,
    UserPassword Password,
    PasswordAgeing? Ageing,
    IReadOnlyList<string> Groups,
    int AuthorizedKeys,
    int Line);

/// <param name="State">Whether there is one.</param>
/// <param name="Algorithm">By the prefix of crypt(5): <c>yescrypt</c>, <c>sha512</c>, <c>des</c>, …; also of a locked one; null without a hash.</param>
/// <param name="File"><c>/etc/shadow</c>, or <c>/etc/passwd</c> where the hash stands there for all to read.</param>
/// <param name="Line">Line in <paramref name="File"/>; null without an entry.</param>
public sealed record UserPassword(PasswordState State, string? Algorithm, string File, int? Line);

/// <summary>Ageing fields of shadow(5), in days; null where empty.</summary>
public sealed record PasswordAgeing(DateOnly? LastChange, int? MinimumDays, int? MaximumDays, int? WarningDays, int? InactiveDays, DateOnly? Expires);

public sealed record UserGroup(string Name, uint GroupId, IReadOnlyList<string> Members);

/// <param name="Who">Users, <c>%group</c>s and aliases, as the line names them.</param>
/// <param name="Rule">The rest of the line.</param>
/// <param name="NoPassword">A command of it has the tag <c>NOPASSWD:</c>.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Counted from one.</param>
public sealed record SudoRule(string Who, string Rule, bool NoPassword, string File, int Line)
{
    /// <summary>Users, <c>%group</c>s, <c>#number</c>s and <c>%#number</c>s, aliases expanded; those that it is not for begin with <c>!</c>.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];
}

/// <param name="Scope">For whom or where: <c>:user</c>, <c>@host</c>, <c>&gt;user</c> to become, <c>!command</c>; null where it is for all.</param>
/// <param name="Name">The option.</param>
/// <param name="Value">Null for a switch.</param>
/// <param name="IsOff">The switch is turned off.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Counted from one.</param>
public sealed record SudoDefault(string? Scope, string Name, string? Value, bool IsOff, string File, int Line);
