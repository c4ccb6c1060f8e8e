using System.Text;

namespace Orchestration.Profiles.Reports;

/// <summary>Guests write what they like into their files; a report shows it and is not steered by it.</summary>
internal static class PlainText
{
    /// <summary>
    /// The text on one line without control characters, and without those that turn the direction of writing: both could make a terminal
    /// or a page show something else than what is there.
    /// </summary>
    public static string Clean(string? text)
    {
        if (text is null)
        {
            return "";
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(Rune.GetUnicodeCategory(rune) switch
            {
                System.Globalization.UnicodeCategory.Control => rune.Value is '\n' or '\t' or '\r' ? " " : "\uFFFD",
                System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator
                    or System.Globalization.UnicodeCategory.ParagraphSeparator => "\uFFFD",
                _ when rune.Value is 0xFFFE or 0xFFFF => "\uFFFD",
                _ => rune.ToString(),
            });
        }

        return clean.ToString();
    }

    /// <summary>Where evidence stands: <c>/etc/ssh/sshd_config:12</c>; null where it is about no file.</summary>
    public static string? Where(Evidence evidence) => evidence switch
    {
        { File: { } file, Line: { } line } => $"{Clean(file)}:{line}",
        { File: { } file } => Clean(file),
        _ => null,
    };

    /// <summary>Words for people: <c>not assessable</c>.</summary>
    public static string Name(Verdict verdict) => verdict switch
    {
        Verdict.NotAssessable => "not assessable",
        Verdict.NotApplicable => "not applicable",
        _ => verdict.ToString().ToLowerInvariant(),
    };

    public static string Name(Severity? severity) => severity?.ToString().ToLowerInvariant() ?? "unknown";
}
