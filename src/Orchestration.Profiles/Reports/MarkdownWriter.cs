using System.Globalization;
using System.Text;

namespace Orchestration.Profiles.Reports;

/// <summary>A summary for a pull request or a chat.</summary>
internal static class MarkdownWriter
{
    private const int MostFindings = 30;

    public static string Write(GuestReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Escape(report.Guest)}\n\n{Escape(report.Image)}, judged on {report.Created.UtcDateTime:yyyy-MM-dd HH:mm} UTC.\n");
        if (report.Profiles.Count > 0)
        {
            text.Append("\n| profile | score | worst | failed | passed | waived | not assessable | not applicable |\n|---|---|---|---|---|---|---|---|\n");
            foreach (var profile in report.Profiles)
            {
                var summary = profile.Summary;
                text.Append(CultureInfo.InvariantCulture,
                    $"| {profile.Profile} | {profile.Score?.ToString(CultureInfo.InvariantCulture) ?? "–"} | {(profile.OverallRisk is null ? "–" : PlainText.Name(profile.OverallRisk))} | {summary.Failed} | {summary.Passed} | {summary.Waived} | {summary.NotAssessable} | {summary.NotApplicable} |\n");
            }

            foreach (var note in report.Profiles.SelectMany(profile => profile.Notes).Distinct(StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n> {Escape(note)}\n");
            }

            var failed = report.Results.Where(result => result.Verdict == Verdict.Fail).ToList();
            List(text, "Failed checks", $"{failed.Count}", "| severity | check | found |", [.. failed.Select(result =>
                $"| {PlainText.Name(result.Severity)} | {result.Id} {Escape(result.Title)} | {Escape(Describe(result))} |")]);
        }

        if (report.Vulnerabilities is { } known)
        {
            List(text, "Known vulnerabilities", known.IsAnyAssessed ? $"{known.Findings.Count}" : "not assessed", "| severity | advisory | package |", [.. known.Findings.Select(finding =>
                $"| {PlainText.Name(finding.Severity)} | {Escape(finding.Id)} | {Escape($"{finding.Package} {finding.Version}{(finding.FixedVersion is null ? ", no fix yet" : $", fixed in {finding.FixedVersion}")}")} |")]);
            foreach (var note in known.Notes)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n> {Escape(note)}\n");
            }
        }

        return text.ToString();
    }

    private static void List(StringBuilder text, string title, string outcome, string header, List<string> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}: {outcome}\n");
        if (rows.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{header}\n|---|---|---|\n");
        text.AppendJoin('\n', rows.Take(MostFindings)).Append('\n');
        if (rows.Count > MostFindings)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{rows.Count - MostFindings} more are in the full reports.\n");
        }
    }

    private static string Describe(CheckResult result) => result.Evidence is [var first, ..]
        ? string.Join(" ", ((string?[])[PlainText.Where(first), first.Found]).Where(part => part is not null))
        : "";

    /// <summary>Backslashes before what Markdown or HTML would act on.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in PlainText.Clean(text))
        {
            escaped.Append("\\`*_{}[]<>()#+!|~&".Contains(letter, StringComparison.Ordinal) ? $"\\{letter}" : letter);
        }

        return escaped.ToString();
    }
}
