using System.Globalization;
using System.Xml;

namespace Orchestration.Profiles.Reports;

/// <summary>JUnit's XML, for gates of continuous integration: a suite a profile, a case a check; what has no verdict is skipped.</summary>
internal static class JUnitWriter
{
    public static string Write(GuestReport report)
    {
        using var text = new Utf8Writer();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true }))
        {
            var known = report.Vulnerabilities;
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", PlainText.Clean(report.Image));
            Count(xml, "tests", report.Profiles.Sum(profile => profile.Results.Count) + (known is null ? 0 : Math.Max(known.Findings.Count, 1)));
            Count(xml, "failures", report.Profiles.Sum(profile => profile.Results.Count(result => result.Verdict == Verdict.Fail)) + (known?.Findings.Count ?? 0));
            foreach (var profile in report.Profiles)
            {
                Write(xml, profile, report);
            }

            if (known is not null)
            {
                Write(xml, known, report);
            }

            xml.WriteEndElement();
        }

        return text.ToString();
    }

    private static void Write(XmlWriter xml, ProfileReport profile, GuestReport report)
    {
        StartSuite(xml, profile.Profile, report,
            profile.Results.Count, profile.Results.Count(result => result.Verdict == Verdict.Fail), profile.Results.Count(result => result.Verdict is not (Verdict.Pass or Verdict.Fail)));
        foreach (var result in profile.Results)
        {
            StartCase(xml, $"{result.Id} {result.Title}", profile.Profile);
            switch (result.Verdict)
            {
                case Verdict.Fail:
                    Fail(xml, PlainText.Name(result.Severity), result.Title, string.Join('\n', result.Evidence.Select(evidence =>
                        string.Join(": ", ((string?[])[PlainText.Where(evidence), $"found {PlainText.Clean(evidence.Found)}, expected {PlainText.Clean(evidence.Expected)}"]).Where(part => part is not null)))));
                    break;
                case Verdict.Pass:
                    break;
                default:
                    Skip(xml, $"{PlainText.Name(result.Verdict)}: {result.Reason}");
                    break;
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, Vulnerabilities.VulnerabilityReport known, GuestReport report)
    {
        const string Suite = "vulnerabilities";
        StartSuite(xml, Suite, report, Math.Max(known.Findings.Count, 1), known.Findings.Count, known.Findings.Count > 0 || known.IsAnyAssessed ? 0 : 1);
        foreach (var finding in known.Findings)
        {
            StartCase(xml, $"{finding.Id} {finding.Package}", Suite);
            Fail(xml, PlainText.Name(finding.Severity), $"{finding.Package} {finding.Version} is affected", finding.FixedVersion is null ? "There is no fix yet." : $"Fixed in {finding.FixedVersion}.");
            xml.WriteEndElement();
        }

        if (known.Findings.Count == 0)
        {
            StartCase(xml, "No package is known to be vulnerable", Suite);
            if (!known.IsAnyAssessed)
            {
                Skip(xml, string.Join(' ', known.Notes));
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void StartSuite(XmlWriter xml, string name, GuestReport report, int tests, int failures, int skipped)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("timestamp", report.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        Count(xml, "tests", tests);
        Count(xml, "failures", failures);
        Count(xml, "errors", 0);
        Count(xml, "skipped", skipped);
    }

    private static void StartCase(XmlWriter xml, string name, string suite)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", PlainText.Clean(name));
        xml.WriteAttributeString("classname", suite);
        Count(xml, "time", 0);
    }

    private static void Fail(XmlWriter xml, string type, string message, string text)
    {
        xml.WriteStartElement("failure");
        xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("message", PlainText.Clean(message));
        xml.WriteString(text);
        xml.WriteEndElement();
    }

    private static void Skip(XmlWriter xml, string message)
    {
        xml.WriteStartElement("skipped");
        xml.WriteAttributeString("message", PlainText.Clean(message));
        xml.WriteEndElement();
    }

    private static void Count(XmlWriter xml, string name, int count) => xml.WriteAttributeString(name, count.ToString(CultureInfo.InvariantCulture));

    /// <summary>A writer of text that says what it will be stored as.</summary>
    private sealed class Utf8Writer() : StringWriter(CultureInfo.InvariantCulture)
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;
    }
}
