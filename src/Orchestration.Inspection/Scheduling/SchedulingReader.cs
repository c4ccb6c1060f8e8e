using Orchestration.Inspection.Files;
using Orchestration.Inspection.Services;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Scheduling;

/// <summary>crontab(5) of the system and of users, the script directories that cron and anacron run, and systemd timers.</summary>
internal static class SchedulingReader
{
    private static readonly string[] SystemTables = ["/etc/crontab", "/etc/cron.d/*", "/etc/anacrontab"];

    private static readonly string[] UserTables = ["/var/spool/cron/crontabs/*", "/var/spool/cron/*"];

    private static readonly string[] Copies = ["~", ".rpmsave", ".rpmorig", ".rpmnew"];

    private static readonly string[] Periods = ["hourly", "daily", "weekly", "monthly", "yearly"];

    public static IReadOnlyList<string> Paths { get; } = [.. SystemTables, .. UserTables];

    /// <summary>Of scripts only the name matters.</summary>
    public static IReadOnlyList<string> HeaderPaths { get; } = [.. Periods.Select(period => $"/etc/cron.{period}/*")];

    public static SchedulingFacts Read(FactReader reader, ServiceFacts services) => Read(reader, services, reader.Exists("/var/lib/dpkg/status") ? IsNameOfDebian : IsNameOfCronie);

    private static SchedulingFacts Read(FactReader reader, ServiceFacts services, Func<string, bool> isCronName) => new()
    {
        CronJobs =
        [
            .. SystemTables.Take(2).SelectMany(pattern => reader.Texts(pattern)).Where(source => isCronName(GuestPath.Name(source.Path))).SelectMany(source => ParseTable(source.Text, source.Path, user: null)),
            .. reader.Texts(SystemTables[2]).SelectMany(source => ParseAnacron(source.Text, source.Path)),
            .. UserTables.SelectMany(reader.Texts).SelectMany(source => ParseTable(source.Text, source.Path, GuestPath.Name(source.Path))),
            .. from period in Periods
               from script in reader.List($"/etc/cron.{period}")
               where !script.IsDirectory && isCronName(script.Name) && IsExecutable(reader, script)
               select new CronJob($"cron.{period}", "root", script.Path, script.Path, null),
        ],
        Timers =
        [
            .. services.Units.Where(unit => unit is { Type: "timer", IsMasked: false } && unit.State != "alias")
                .Select(unit => new SystemdTimer(unit.Name, ReadTriggers(reader, unit), unit.Triggers[0], unit.IsEnabled, unit.File)),
        ],
        Warnings = reader.Warnings,
    };

    /// <summary>Debian's cron ignores files with a dot or other characters in their name (cron(8) there).</summary>
    private static bool IsNameOfDebian(string name) => name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    /// <summary>The cron of others takes any name but those of hidden files and of copies that editors and rpm leave (cronie, <c>not_a_crontab</c>).</summary>
    private static bool IsNameOfCronie(string name) => name[0] is not ('.' or '#') && !Array.Exists(Copies, ending => name.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>What nobody may run, run-parts(8) passes over.</summary>
    private static bool IsExecutable(FactReader reader, GuestFile script) => ((reader.Find(script.Path) ?? script).Permissions & 0b001_001_001) != 0;

    private static IEnumerable<CronJob> ParseTable(string text, string path, string? user)
    {
        foreach (var line in TextLines.Significant(text))
        {
            // A hyphen before the minutes keeps the job out of the log (crontab(5) of SUSE and cronie).
            var job = line.Text.TrimStart('-');
            var scheduleWords = job.StartsWith('@') ? 1 : 5;
            var words = job.Split((char[]?)null, scheduleWords + (user is null ? 2 : 1), StringSplitOptions.RemoveEmptyEntries);

            // NAME = value sets a variable for the jobs that follow.
            if (job.Length == 0 || words.Length < scheduleWords + (user is null ? 2 : 1) || !(job[0] is '@' or '*' || char.IsAsciiDigit(job[0])))
            {
                continue;
            }

            yield return new CronJob(
                string.Join(' ', words.Take(scheduleWords)), user ?? words[scheduleWords], words[^1], path, line.Number);
        }
    }

    /// <summary>anacrontab(5): period in days, delay, identifier, command.</summary>
    private static IEnumerable<CronJob> ParseAnacron(string text, string path) =>
        from line in TextLines.Significant(text)
        let words = line.Text.Split((char[]?)null, 4, StringSplitOptions.RemoveEmptyEntries)
        where words.Length == 4 && (char.IsAsciiDigit(words[0][0]) || words[0][0] == '@')
        select new CronJob($"every {words[0]} days", "root", words[3], path, line.Number);

    /// <summary>An empty assignment forgets all times before it (systemd.timer(5)), which is how a drop-in sets others.</summary>
    private static List<string> ReadTriggers(FactReader reader, Unit unit)
    {
        var triggers = new List<string>();
        foreach (var entry in unit.DropIns.Prepend(unit.File).SelectMany(file => IniFile.Parse(reader.Text(file) ?? "").Entries)
            .Where(entry => entry.Section == "Timer" && entry.Key.StartsWith("On", StringComparison.Ordinal)))
        {
            if (entry.Value.Length == 0)
            {
                triggers.Clear();
            }
            else
            {
                triggers.Add($"{entry.Key}={entry.Value}");
            }
        }

        return triggers;
    }
}
