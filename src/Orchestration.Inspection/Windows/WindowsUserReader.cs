using System.Buffers.Binary;
using System.Globalization;
using Orchestration.Inspection.Windows.Registry;

namespace Orchestration.Inspection.Windows;

/// <summary>
/// Local accounts by the hive <c>SAM</c>. Of an account only the value <c>F</c> is read, which has its state; the value <c>V</c>, where the
/// password hashes are, is not touched.
/// </summary>
internal static class WindowsUserReader
{
    private const string Accounts = @"HKLM\SAM\SAM\Domains\Account";

    /// <summary>The group Administrators has the number 544 on every Windows.</summary>
    private const string Administrators = @"HKLM\SAM\SAM\Domains\Builtin\Aliases\00000220";

    private const int StateLength = 58;

    /// <summary>Offsets in a group's value <c>C</c> count from the end of its table.</summary>
    private const int GroupTableLength = 0x34;

    [Flags]
    private enum AccountControl : ushort
    {
        Disabled = 0x0001,
        PasswordNotRequired = 0x0004,
        PasswordNeverExpires = 0x0200,
    }

    public static IReadOnlyList<WindowsUser> Read(WindowsRegistry registry)
    {
        if (registry.Key($@"{Accounts}\Users") is not { } users)
        {
            return [];
        }

        // Each name is a key whose default value has the account's number in place of a type.
        var names = users.Find("Names")?.ReadSubkeys().Select(key => (key.Name, Id: (uint?)key.Value("")?.Type)).Where(item => item.Id is not null)
            .DistinctBy(item => item.Id).ToDictionary(item => item.Id ?? 0, item => item.Name) ?? [];
        var administrators = ReadAdministrators(registry);
        return
        [
            .. from key in users.ReadSubkeys()
               let id = uint.TryParse(key.Name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : (uint?)null
               where id is not null
               let user = Describe(key, id.Value, names.GetValueOrDefault(id.Value), administrators)
               where user is not null
               orderby user.RelativeId
               select user,
        ];
    }

    private static WindowsUser? Describe(RegistryKey key, uint id, string? name, HashSet<uint>? administrators)
    {
        if (key.Value("F")?.Bytes is not { Length: >= StateLength } state || name is null)
        {
            return null;
        }

        DateTimeOffset? Time(int offset) => WindowsTime.Parse(BinaryPrimitives.ReadInt64LittleEndian(state.Span[offset..]));
        var control = (AccountControl)BinaryPrimitives.ReadUInt16LittleEndian(state.Span[56..]);
        return new WindowsUser(
            name,
            id,
            control.HasFlag(AccountControl.Disabled),
            !control.HasFlag(AccountControl.PasswordNotRequired),
            !control.HasFlag(AccountControl.PasswordNeverExpires),
            Time(8),
            Time(24),
            administrators?.Contains(id));
    }

    /// <summary>The numbers at the end of the members' security identifiers; null where the group cannot be read.</summary>
    private static HashSet<uint>? ReadAdministrators(WindowsRegistry registry)
    {
        if (registry.Value(Administrators, "C")?.Bytes is not { Length: >= GroupTableLength } group)
        {
            return null;
        }

        var members = new HashSet<uint>();
        var position = GroupTableLength + (long)BinaryPrimitives.ReadUInt32LittleEndian(group.Span[0x28..]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(group.Span[0x30..]);
        for (var member = 0; member < count; member++)
        {
            // Revision, number of parts, six bytes of authority, and the parts.
            if (position + 8 > group.Length || position + 8 + (4 * group.Span[(int)position + 1]) is var end && end > group.Length)
            {
                return null;
            }

            if (group.Span[(int)position + 1] > 0)
            {
                members.Add(BinaryPrimitives.ReadUInt32LittleEndian(group.Span[(int)(end - 4)..]));
            }

            position = end;
        }

        return members;
    }
}
