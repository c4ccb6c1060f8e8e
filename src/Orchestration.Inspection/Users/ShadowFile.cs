using System.Globalization;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Users;

/// <summary>The format of <c>/etc/shadow</c>, by shadow(5) and crypt(5).</summary>
internal static class ShadowFile
{
    public const string Path = "/etc/shadow";

    // crypt(5): the prefix names the method; a hash without one is traditional DES.
    private static readonly (string Prefix, string Algorithm)[] Algorithms =
    [
        ("$y$", "yescrypt"), ("$gy$", "gost-yescrypt"), ("$7$", "scrypt"), ("$6$", "sha512"), ("$5$", "sha256"), ("$2", "bcrypt"),
        ("$1$", "md5"), ("$sha1$", "sha1"), ("$md5", "sunmd5"), ("$3$", "nt"), ("_", "bsdi-des"),
    ];

    public sealed record Entry(UserPassword Password, PasswordAgeing Ageing);

    public static IReadOnlyDictionary<string, Entry> Parse(string text)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var (number, line) in TextLines.Significant(text))
        {
            var fields = line.Split(':');
            if (fields.Length >= 2 && fields[0].Length > 0)
            {
                entries.TryAdd(fields[0], new Entry(
                    DescribePassword(fields[1], Path, number),
                    new PasswordAgeing(Date(fields, 2), Days(fields, 3), Days(fields, 4), Days(fields, 5), Days(fields, 6), Date(fields, 7))));
            }
        }

        return entries;
    }

    /// <summary>Says what kind of password a field holds, without the field.</summary>
    public static UserPassword DescribePassword(string field, string file, int line)
    {
        if (field.Length == 0)
        {
            return new UserPassword(PasswordState.None, null, file, line);
        }

        var hash = field.TrimStart('!', '*');
        var algorithm = FindAlgorithm(hash);
        return new UserPassword(
            hash.Length == field.Length && algorithm is not null ? PasswordState.Set : PasswordState.Locked, algorithm, file, line);
    }

    private static string? FindAlgorithm(string hash)
    {
        if (Algorithms.FirstOrDefault(known => hash.StartsWith(known.Prefix, StringComparison.Ordinal)) is { Algorithm: { } name })
        {
            return name;
        }

        // A DES hash is 13 characters of this alphabet; anything else matches no password.
        return hash.StartsWith('$') ? "unknown"
            : hash.Length == 13 && hash.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '/') ? "des"
            : null;
    }

    private static int? Days(string[] fields, int index) =>
        index < fields.Length && int.TryParse(fields[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var days) ? days : null;

    private static DateOnly? Date(string[] fields, int index) =>
        Days(fields, index) is >= 0 and <= 1_000_000 and var days ? DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(days) : null;
}
