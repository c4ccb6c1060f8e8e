using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestration.Protocol.Yaml;

/// <summary>What plain scalars mean: the core schema of YAML 1.2.2, section 10.3.2.</summary>
internal static partial class YamlScalars
{
    /// <summary>Writes a plain scalar as the JSON value that it means.</summary>
    /// <returns>False where it means a number that JSON does not have, such as <c>.inf</c>.</returns>
    public static bool TryWrite(string text, Utf8JsonWriter writer)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                writer.WriteNullValue();
                return true;
            case "true" or "True" or "TRUE":
                writer.WriteBooleanValue(true);
                return true;
            case "false" or "False" or "FALSE":
                writer.WriteBooleanValue(false);
                return true;
        }

        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('+' or '-' or '.'))
        {
            writer.WriteStringValue(text);
            return true;
        }

        return TryWriteNumber(text, writer);
    }

    /// <summary>Whether a text would be read as something else than this text if it stood there plain, by this reader or by one of YAML 1.1.</summary>
    public static bool NeedsQuotes(string text) =>
        text.Length == 0
        || text != text.Trim()
        || text.Any(letter => char.IsControl(letter))
        || NotAString().IsMatch(text)
        || char.IsAsciiDigit(text[0])
        || text[0] is '+' or '-' or '.' or '=' or '<';

    private static bool TryWriteNumber(string text, Utf8JsonWriter writer)
    {
        if (Decimal().IsMatch(text))
        {
            var digits = text.TrimStart('+', '-').TrimStart('0');
            var number = digits.Length == 0 ? "0" : digits;
            writer.WriteRawValue(text[0] == '-' && digits.Length > 0 ? $"-{number}" : number);
            return true;
        }

        if (text.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal))
        {
            writer.WriteNumberValue(hexadecimal);
            return true;
        }

        // At most 21 octal digits stay below 2^63.
        if (Octal().IsMatch(text))
        {
            writer.WriteNumberValue(Convert.ToInt64(text[2..], 8));
            return true;
        }

        if (Infinite().IsMatch(text))
        {
            return false;
        }

        if (!Real().IsMatch(text))
        {
            writer.WriteStringValue(text);
            return true;
        }

        var value = double.Parse(text, CultureInfo.InvariantCulture);
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }

        return double.IsFinite(value);
    }

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^0o[0-7]{1,21}\z")]
    private static partial Regex Octal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Real();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z")]
    private static partial Regex Infinite();

    [GeneratedRegex(@"^(~|null|true|false|yes|no|on|off|y|n)\z", RegexOptions.IgnoreCase)]
    private static partial Regex NotAString();
}
