using System.Text.RegularExpressions;
using Orchestration.Inspection.Authentication;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Logging;

/// <summary>journald.conf(5) with its drop-ins, and rsyslog.conf(5).</summary>
internal static partial class LoggingReader
{
    private static readonly string[] JournalDirectories = ["/etc/systemd/journald.conf.d", "/run/systemd/journald.conf.d", "/usr/lib/systemd/journald.conf.d"];

    private static readonly string[] RsyslogPatterns = ["/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"];

    public static IReadOnlyList<string> Paths { get; } =
        ["/etc/systemd/journald.conf", .. JournalDirectories.Select(directory => $"{directory}/*.conf"), .. RsyslogPatterns];

    public static LoggingFacts Read(FactReader reader)
    {
        // Drop-ins win over the main file, whatever their directory.
        var files = reader.Texts("/etc/systemd/journald.conf").Concat(DropInFiles.Read(reader, ".conf", JournalDirectories));
        var journal = files
            .SelectMany(file => IniFile.Parse(file.Text).Entries
                .Where(entry => entry.Section == "Journal")
                .Select(entry => new Setting(entry.Key, entry.Value, file.Path, entry.Line)))
            .Reverse().DistinctBy(setting => setting.Name).ToList();
        var storage = journal.Find(setting => setting.Name == "Storage")?.Value ?? "auto";
        return new LoggingFacts
        {
            Journal = journal,
            RemoteTargets =
            [
                .. from source in RsyslogPatterns.SelectMany(reader.Texts)
                   from line in TextLines.Significant(source.Text)
                   let match = RemoteAction().Match(line.Text)
                   where match.Success
                   select new Setting("remote", match.Groups["target"].Value, source.Path, line.Number),
            ],
            KeepsJournal = storage == "persistent" || (storage == "auto" && reader.Find("/var/log/journal") is { IsDirectory: true }),
            Warnings = reader.Warnings,
        };
    }

    /// <summary>Both forms: a selector followed by <c>@host</c> or <c>@@host</c>, and an action of the forwarding or RELP module.</summary>
    [GeneratedRegex("""^\S+\s+(?<target>@{1,2}\S+)|(?<target>\btype\s*=\s*"(?:omfwd|omrelp)".*)""")]
    private static partial Regex RemoteAction();
}
