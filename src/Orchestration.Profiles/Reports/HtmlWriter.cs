using System.Globalization;
using System.Net;
using System.Text;
using Orchestration.Profiles.Vulnerabilities;

namespace Orchestration.Profiles.Reports;

/// <summary>
/// One page that stands alone: no script, nothing loaded, and a policy that forbids both. It reads on a phone, in the dark, and on paper.
/// </summary>
internal static class HtmlWriter
{
    private const int MostPaths = 5;

    private const string Style = """
        :root{color-scheme:light dark;--line:#8884;--soft:#8881}
        *{box-sizing:border-box}
        body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem}
        h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}
        .cards{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr))}
        .card{border:1px solid var(--line);border-radius:.5rem;padding:.75rem}
        .card b{display:block;font-size:1.8rem;line-height:1.2}
        .note{border-left:.25rem solid #d98200;background:var(--soft);margin:.5rem 0;padding:.5rem .75rem}
        details{border-bottom:1px solid var(--line);padding:.5rem 0}
        summary{cursor:pointer;display:flex;flex-wrap:wrap;gap:.25rem .6rem;align-items:baseline}
        summary code{opacity:.75}
        dl{margin:.5rem 0 .5rem 1rem}dt{font-weight:600}dd{margin:0 0 .4rem}
        code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
        .tag{border-radius:.3rem;color:#fff;font-size:.8rem;min-width:4.5rem;padding:.05rem .4rem;text-align:center}
        .critical{background:#8b0000}.high{background:#c0392b}.medium{background:#a15c00}.low{background:#2d6da3}.info,.unknown{background:#5f6b76}
        @media print{body{font-size:11px;max-width:none}h2{break-after:avoid}details{break-inside:avoid}details.fail::details-content{content-visibility:visible}.tag{background:none;border:1px solid;color:inherit;font-size:9px}}
        """;

    public static string Write(GuestReport report)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{Escape(report.Guest)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n")
            .Append(CultureInfo.InvariantCulture, $"<h1>{Escape(report.Guest)}</h1>\n<p><code>{Escape(report.Image)}</code>, judged on {report.Created.UtcDateTime:yyyy-MM-dd HH:mm} UTC")
            .Append(report.System?.Hostname is { } name ? $", host name {Escape(name)}" : "").Append("</p>\n");
        AppendCards(html, report);
        foreach (var note in report.Profiles.SelectMany(profile => profile.Notes).Concat(report.Vulnerabilities?.Notes ?? []).Distinct(StringComparer.Ordinal))
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">{Escape(note)}</p>\n");
        }

        // What nobody needs to act on is there, and closed; on paper too, where all that failed is open.
        foreach (var (verdict, title, isOpen) in ((Verdict, string, bool)[])
            [(Verdict.Fail, "Failed", true), (Verdict.Waived, "Waived", false), (Verdict.NotAssessable, "Not assessable", false), (Verdict.Pass, "Passed", false), (Verdict.NotApplicable, "Not applicable", false)])
        {
            AppendResults(html, title, isOpen, [.. report.Results.Where(result => result.Verdict == verdict)]);
        }

        AppendVulnerabilities(html, report);
        return html.Append(CultureInfo.InvariantCulture, $"<p><small>{GuestReport.ToolName} {Escape(report.ToolVersion)}, report {Escape(report.Id)}</small></p>\n</body>\n</html>\n").ToString();
    }

    private static void AppendCards(StringBuilder html, GuestReport report)
    {
        html.Append("<div class=\"cards\">\n");
        foreach (var profile in report.Profiles)
        {
            html.Append(CultureInfo.InvariantCulture,
                $"<div class=\"card\">{Escape(profile.Profile)}<b>{profile.Score?.ToString(CultureInfo.InvariantCulture) ?? "–"}</b>{profile.Summary.Failed} failed, {profile.Summary.Passed} passed, {profile.Summary.NotAssessable} not assessable</div>\n");
        }

        if (report.Vulnerabilities is { } known)
        {
            html.Append(CultureInfo.InvariantCulture,
                $"<div class=\"card\">known vulnerabilities{(known.IsAnyAssessed ? $"<b>{known.Findings.Count}</b>{known.BySeverity.Critical} critical, {known.BySeverity.High} high" : "<b>–</b>not assessed")}</div>\n");
        }

        html.Append("</div>\n");
    }

    private static void AppendResults(StringBuilder html, string title, bool isOpen, List<CheckResult> results)
    {
        if (results.Count == 0)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<h2>{title}: {results.Count}</h2>\n");
        foreach (var result in results)
        {
            html.Append(CultureInfo.InvariantCulture,
                $"<details{(isOpen ? " class=\"fail\"" : "")}{(isOpen && result.Severity >= Severity.High ? " open" : "")}><summary>{Tag(result.Severity)}<span>{Escape(result.Title)}</span><code>{Escape(result.Id)}</code></summary>\n<dl>\n");
            if (result.Reason is { } reason)
            {
                html.Append(CultureInfo.InvariantCulture, $"<dt>Why</dt><dd>{Escape(reason)}</dd>\n");
            }

            foreach (var evidence in result.Evidence)
            {
                html.Append(CultureInfo.InvariantCulture,
                    $"<dt>{(PlainText.Where(evidence) is { } where ? $"<code>{WebUtility.HtmlEncode(where)}</code>" : "Found")}</dt><dd><code>{Escape(evidence.Found)}</code>, expected {Escape(evidence.Expected)}</dd>\n");
            }

            if (result.Remediation is { } remediation)
            {
                html.Append(CultureInfo.InvariantCulture, $"<dt>What to do</dt><dd>{Escape(remediation)}</dd>\n");
            }

            if (result.References.Count > 0)
            {
                html.Append(CultureInfo.InvariantCulture, $"<dt>Asked for by</dt><dd>{Escape(string.Join(", ", result.References))}</dd>\n");
            }

            html.Append("</dl></details>\n");
        }
    }

    private static void AppendVulnerabilities(StringBuilder html, GuestReport report)
    {
        if (report.Vulnerabilities is not { Findings.Count: > 0 } known)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<h2>Known vulnerabilities: {known.Findings.Count}</h2>\n");
        foreach (var finding in known.Findings)
        {
            html.Append(CultureInfo.InvariantCulture,
                $"<details><summary>{Tag(finding.Severity)}<span>{Escape(finding.Package)} {Escape(finding.Version)}</span><code>{Escape(finding.Id)}</code></summary>\n<dl><dt>Fixed in</dt><dd>{Escape(finding.FixedVersion ?? "no version yet")}</dd>")
                .Append(CultureInfo.InvariantCulture, $"<dt>Installed</dt><dd><code>{Escape(string.Join(", ", finding.Installed))}</code></dd>{DescribePaths(finding)}<dt>About</dt><dd>{Escape(finding.Summary ?? string.Join(", ", finding.Names))}{DescribeDoubt(finding)}</dd></dl></details>\n");
        }
    }

    private static string DescribePaths(Vulnerability finding) => finding.Paths.Count == 0 ? ""
        : $"<dt>Found in</dt><dd><code>{Escape(string.Join(", ", finding.Paths.Take(MostPaths)))}</code>{(finding.Paths.Count > MostPaths ? $" and {finding.Paths.Count - MostPaths} more" : "")}</dd>";

    private static string DescribeDoubt(Vulnerability finding) => finding switch
    {
        { Certain: true } => "",
        { Ecosystem: null } => " The advisory does not say which module stream it is about.",
        _ => " Only a lock file names the package.",
    };

    private static string Tag(Severity? severity) => $"<span class=\"tag {PlainText.Name(severity)}\">{PlainText.Name(severity)}</span>";

    private static string Escape(string text) => WebUtility.HtmlEncode(PlainText.Clean(text));
}
