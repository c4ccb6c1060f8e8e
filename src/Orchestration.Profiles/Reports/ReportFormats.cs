using System.Collections.Frozen;

namespace Orchestration.Profiles.Reports;

/// <summary>The formats that a report can be written in, by the names that jobs use.</summary>
public static class ReportFormats
{
    private static readonly FrozenDictionary<string, (string FileName, string MediaType, Func<GuestReport, string> Write)> Formats =
        new Dictionary<string, (string, string, Func<GuestReport, string>)>(StringComparer.Ordinal)
        {
            ["json"] = ("report.json", "application/json", ModelWriter.Json),
            ["yaml"] = ("report.yaml", "application/yaml", ModelWriter.Yaml),
            ["html"] = ("report.html", "text/html; charset=utf-8", HtmlWriter.Write),
            ["markdown"] = ("report.md", "text/markdown; charset=utf-8", MarkdownWriter.Write),
            ["sarif"] = ("report.sarif", "application/sarif+json", SarifWriter.Write),
            ["junit"] = ("report-junit.xml", "application/xml", JUnitWriter.Write),
            ["cyclonedx"] = ("bom.cdx.json", "application/vnd.cyclonedx+json", CycloneDxWriter.Write),
            ["spdx"] = ("bom.spdx.json", "application/spdx+json", SpdxWriter.Write),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyList<string> Names { get; } = [.. Formats.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether a format lists packages, so that a job must look at them.</summary>
    public static bool ListsPackages(string format) => format is "cyclonedx" or "spdx" or "json" or "yaml";

    /// <exception cref="KeyNotFoundException">The format is not one of <see cref="Names"/>.</exception>
    public static WrittenReport Write(string format, GuestReport report)
    {
        var (fileName, mediaType, write) = Formats[format];
        return new WrittenReport(fileName, mediaType, write(report));
    }
}
