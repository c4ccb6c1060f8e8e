using System.Globalization;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;
using Orchestration.Inspection.Users.Sudo;

namespace Orchestration.Inspection.Users;

/// <summary>Accounts from passwd(5), group(5), shadow(5), sudoers(5) and the homes' authorized_keys.</summary>
internal static class UserReader
{
    public const string Passwd = "/etc/passwd";

    public const string Group = "/etc/group";

    private static readonly string[] AdministratorGroups = ["sudo", "wheel", "admin"];

    private static readonly string[] ClosedShells = ["nologin", "false", "sync", "shutdown", "halt"];

    private static readonly string[] KeyFiles = [".ssh/authorized_keys", ".ssh/authorized_keys2"];

    public static IReadOnlyList<string> Paths { get; } = [Passwd, Group, ShadowFile.Path, .. SudoersReader.Paths];

    public static UserFacts Read(FactReader reader)
    {
        var groups = ReadGroups(reader);
        var shadow = reader.Text(ShadowFile.Path) is { } text ? ShadowFile.Parse(text) : new Dictionary<string, ShadowFile.Entry>();
        var users = ReadUsers(reader, groups, shadow);
        var sudo = SudoersReader.Read(reader);
        return new UserFacts
        {
            Users = users,
            Groups = groups,
            SudoRules = sudo.Rules,
            SudoDefaults = sudo.Defaults,
            Administrators =
            [
                .. users.Where(user => user.Groups.Intersect(AdministratorGroups, StringComparer.Ordinal).Any())
                    .Select(user => user.Name).Order(StringComparer.Ordinal),
            ],
            Warnings = reader.Warnings,
        };
    }

    private static List<User> ReadUsers(
        FactReader reader, List<UserGroup> groups, IReadOnlyDictionary<string, ShadowFile.Entry> shadow)
    {
        var entries = new List<(string[] Fields, uint UserId, uint GroupId, int Line)>();
        foreach (var (number, line) in TextLines.Significant(reader.Text(Passwd) ?? ""))
        {
            var fields = line.Split(':');
            if (fields.Length >= 7 && TryNumber(fields[2], out var userId) && TryNumber(fields[3], out var groupId))
            {
                entries.Add((fields, userId, groupId, number));
            }
            else if (!line.StartsWith('+') && !line.StartsWith('-'))
            {
                // Lines of NIS begin with a sign; all others have seven fields.
                reader.Warn(Passwd, $"line {number}: expected seven fields with numeric ids, found {fields.Length} fields");
            }
        }

        var primaryNames = groups.DistinctBy(group => group.GroupId).ToDictionary(group => group.GroupId, group => group.Name);
        var memberships = groups.SelectMany(group => group.Members.Select(member => (member, group.Name)))
            .ToLookup(pair => pair.member, pair => pair.Name, StringComparer.Ordinal);
        reader.Files.Prefetch(entries.SelectMany(entry => KeyFiles.Select(file => GuestPath.Combine(entry.Fields[5], file))));
        return
        [
            .. entries.Select(entry => new User(
                entry.Fields[0],
                entry.UserId,
                entry.GroupId,
                entry.Fields[4],
                entry.Fields[5],
                entry.Fields[6],
                !ClosedShells.Contains(GuestPath.Name(entry.Fields[6]), StringComparer.Ordinal),
                FindPassword(entry.Fields, entry.Line, shadow),
                shadow.GetValueOrDefault(entry.Fields[0])?.Ageing,
                [.. new[] { primaryNames.GetValueOrDefault(entry.GroupId) }.OfType<string>().Concat(memberships[entry.Fields[0]]).Distinct()],
                CountKeys(reader, entry.Fields[5]),
                entry.Line)),
        ];
    }

    private static List<UserGroup> ReadGroups(FactReader reader)
    {
        var groups = new List<UserGroup>();
        foreach (var (number, line) in TextLines.Significant(reader.Text(Group) ?? ""))
        {
            var fields = line.Split(':');
            if (fields.Length >= 4 && TryNumber(fields[2], out var groupId))
            {
                groups.Add(new UserGroup(fields[0], groupId, fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries)));
            }
            else
            {
                reader.Warn(Group, $"line {number}: expected four fields with a numeric id, found {fields.Length} fields");
            }
        }

        return groups;
    }

    /// <summary>An <c>x</c> in passwd refers to shadow; anything else there is the password field itself (passwd(5)).</summary>
    private static UserPassword FindPassword(string[] fields, int line, IReadOnlyDictionary<string, ShadowFile.Entry> shadow) =>
        fields[1] != "x" ? ShadowFile.DescribePassword(fields[1], Passwd, line)
        : shadow.GetValueOrDefault(fields[0])?.Password ?? new UserPassword(PasswordState.Unknown, null, ShadowFile.Path, null);

    private static int CountKeys(FactReader reader, string home) => home.StartsWith('/')
        ? KeyFiles.Sum(file => TextLines.Significant(reader.Text(GuestPath.Combine(home, file)) ?? "").Count())
        : 0;

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
