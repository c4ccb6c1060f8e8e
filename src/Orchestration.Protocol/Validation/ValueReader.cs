using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestration.Protocol.Validation;

/// <summary>
/// Checks the members of one JSON object and collects every violation with its pointer, rather than stopping at the first.
/// </summary>
public sealed class ValueReader
{
    /// <summary>Longest string accepted where nothing shorter is said, in characters.</summary>
    public const int MaximumStringLength = 4096;

    /// <summary>Most members of a list or a map accepted where nothing less is said.</summary>
    public const int MaximumCount = 1000;

    /// <summary>Longest name of a member of a map, in characters.</summary>
    public const int MaximumNameLength = 256;

    private readonly JsonElement _object;
    private readonly string _pointer;
    private readonly ICollection<Violation> _violations;
    private readonly string _invalidCode;

    /// <param name="value">A JSON object.</param>
    /// <param name="pointer">Where it stands in the document.</param>
    /// <param name="violations">Receives what is found wrong.</param>
    /// <param name="invalidCode">The code for values that break a rule; payloads use <see cref="ErrorCodes.PayloadInvalid"/>.</param>
    public ValueReader(JsonElement value, string pointer, ICollection<Violation> violations, string invalidCode = ErrorCodes.InvalidField)
    {
        _object = value;
        _pointer = pointer;
        _violations = violations;
        _invalidCode = invalidCode;
    }

    /// <summary>Notes a violation of this object's member of that name.</summary>
    public void Refuse(string name, string message, string? code = null) =>
        _violations.Add(new Violation(PointerTo(name), code ?? _invalidCode, message));

    /// <summary>The names of the object's members.</summary>
    public IEnumerable<string> Names => _object.EnumerateObject().Select(member => member.Name);

    /// <summary>Whether the member is there, be it null.</summary>
    public bool HasMember(string name) => _object.TryGetProperty(name, out _);

    /// <summary>A string that matches <paramref name="pattern"/>; null where it is absent or was refused.</summary>
    public string? String(string name, bool required = false, Regex? pattern = null, string? expected = null, int maximumLength = MaximumStringLength)
    {
        if (!TryGet(name, required, JsonValueKind.String, "a string", out var value))
        {
            return null;
        }

        var text = value.GetString() ?? "";
        if (text.Length > maximumLength)
        {
            Refuse(name, $"Expected at most {maximumLength} characters, found {text.Length}.");
            return null;
        }

        if (required && text.Length == 0)
        {
            Refuse(name, "Expected a value, found an empty string.", ErrorCodes.MissingField);
            return null;
        }

        if (pattern is not null && !pattern.IsMatch(text))
        {
            Refuse(name, $"Expected {expected}, found '{Shorten(text)}'.");
            return null;
        }

        return text;
    }

    /// <summary>One of a fixed set of strings.</summary>
    public string? OneOf(string name, IReadOnlyCollection<string> allowed, bool required = false)
    {
        var text = String(name, required);
        if (text is not null && !allowed.Contains(text))
        {
            Refuse(name, $"Expected one of {string.Join(", ", allowed)}; found '{Shorten(text)}'.");
            return null;
        }

        return text;
    }

    /// <summary>A whole number in a range, both ends included.</summary>
    public long? Integer(string name, long minimum, long maximum)
    {
        if (!TryGet(name, required: false, JsonValueKind.Number, "a number", out var value))
        {
            return null;
        }

        if (!value.TryGetInt64(out var number) || number < minimum || number > maximum)
        {
            Refuse(name, $"Expected a whole number from {minimum} to {maximum}, found {Shorten(value.GetRawText())}.");
            return null;
        }

        return number;
    }

    public bool? Boolean(string name)
    {
        if (!_object.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Refuse(name, $"Expected true or false, found {Describe(value)}.");
        return null;
    }

    /// <summary>An RFC 3339 timestamp with a zone.</summary>
    public DateTimeOffset? Timestamp(string name, bool required = false)
    {
        var text = String(name, required);
        if (text is null)
        {
            return null;
        }

        if (text.Length > 10 && text[10] is 'T' or 't' or ' '
            && (text[^1] is 'Z' or 'z' || text.LastIndexOfAny(['+', '-']) > 10)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        Refuse(name, $"Expected an RFC 3339 timestamp such as 2026-03-01T08:00:00Z, found '{Shorten(text)}'.");
        return null;
    }

    /// <summary>A list of strings; null where it is absent or was refused.</summary>
    public IReadOnlyList<string>? Strings(string name, bool required = false, int maximumCount = MaximumCount)
    {
        if (!TryGet(name, required, JsonValueKind.Array, "a list of strings", out var value) || !HasAtMost(name, value.GetArrayLength(), maximumCount))
        {
            return null;
        }

        var texts = new List<string>();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (IsText($"{name}/{index}", item))
            {
                texts.Add(item.GetString() ?? "");
            }
        }

        return texts;
    }

    /// <summary>A map whose values are strings.</summary>
    public void StringMap(string name) => Members(name, (pointer, value) => IsText(pointer, value));

    /// <summary>A map whose values are lists of strings.</summary>
    public void StringListMap(string name) => Members(name, (pointer, value) =>
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Refuse(pointer, $"Expected a list of strings, found {Describe(value)}.");
        }
        else if (HasAtMost(pointer, value.GetArrayLength(), MaximumCount))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                IsText($"{pointer}/{index}", item);
            }
        }
    });

    /// <summary>Readers for the objects of a list; none where it is absent or was refused.</summary>
    public IEnumerable<ValueReader> Objects(string name, int maximumCount = MaximumCount)
    {
        if (!TryGet(name, required: false, JsonValueKind.Array, "a list of objects", out var value) || !HasAtMost(name, value.GetArrayLength(), maximumCount))
        {
            yield break;
        }

        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (item.ValueKind == JsonValueKind.Object)
            {
                yield return new ValueReader(item, PointerTo($"{name}/{index}"), _violations, _invalidCode);
            }
            else
            {
                Refuse($"{name}/{index}", $"Expected an object, found {Describe(item)}.");
            }
        }
    }

    /// <summary>A reader for a nested object; null where it is absent or is not an object.</summary>
    public ValueReader? Object(string name, bool required = false) =>
        TryGet(name, required, JsonValueKind.Object, "an object", out var value)
            ? new ValueReader(value, PointerTo(name), _violations, _invalidCode)
            : null;

    internal static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Shorten(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "...");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"'{Shorten(value.GetString() ?? "")}'",
        _ => Shorten(value.GetRawText()),
    };

    private void Members(string name, Action<string, JsonElement> check)
    {
        if (!TryGet(name, required: false, JsonValueKind.Object, "an object", out var value) || !HasAtMost(name, value.GetPropertyCount(), MaximumCount))
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (member.Name.Length > MaximumNameLength)
            {
                Refuse(name, $"Expected names of at most {MaximumNameLength} characters, found one of {member.Name.Length}.");
            }
            else
            {
                check($"{name}/{Escape(member.Name)}", member.Value);
            }
        }
    }

    private bool HasAtMost(string name, int count, int maximum)
    {
        if (count > maximum)
        {
            Refuse(name, $"Expected at most {maximum} entries, found {count}.");
        }

        return count <= maximum;
    }

    private bool IsText(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Refuse(name, $"Expected a string, found {Describe(value)}.");
            return false;
        }

        if (value.GetString() is { Length: > MaximumStringLength } text)
        {
            Refuse(name, $"Expected at most {MaximumStringLength} characters, found {text.Length}.");
            return false;
        }

        return true;
    }

    private string PointerTo(string name) => $"{_pointer}/{name}";

    private bool TryGet(string name, bool required, JsonValueKind kind, string expected, out JsonElement value)
    {
        if (!_object.TryGetProperty(name, out value) || value.ValueKind == JsonValueKind.Null)
        {
            if (required)
            {
                Refuse(name, $"Expected {expected}, found nothing.", ErrorCodes.MissingField);
            }

            return false;
        }

        if (value.ValueKind == kind)
        {
            return true;
        }

        Refuse(name, $"Expected {expected}, found {Describe(value)}.");
        return false;
    }
}
