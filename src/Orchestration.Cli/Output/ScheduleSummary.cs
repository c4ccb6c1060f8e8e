using System.Globalization;
using Orchestration.Protocol.Service;
using Spectre.Console;

namespace Orchestration.Cli.Output;

/// <summary>Tells a person about schedules.</summary>
internal static class ScheduleSummary
{
    public static void Print(IReadOnlyList<ScheduleView> schedules)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("Schedule", "Active", "Times", "Next run", "Last run", "Jobs", "Last error");
        foreach (var schedule in schedules)
        {
            table.AddRow(
                new Text(schedule.Name),
                new Text(schedule.Active ? "yes" : "no"),
                new Text(Member(schedule, "schedule")),
                new Text(schedule.NextRuns.Count > 0 ? Moment(schedule.NextRuns[0]) : ""),
                new Text(schedule.LastRun is { } run ? Moment(run.Occurrence) : ""),
                new Text(schedule.LastRun is { } last ? Counts(last) : ""),
                new Text(schedule.Violations is { Count: > 0 } violations ? violations[0].Code : schedule.LastError?.Code ?? ""));
        }

        Terminal.Write(table);
    }

    public static void Print(ScheduleView schedule)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Add(string label, string? text)
        {
            if (!string.IsNullOrEmpty(text))
            {
                grid.AddRow(new Markup($"[bold]{Markup.Escape(label)}[/]"), new Text(text));
            }
        }

        Add("Schedule", $"{schedule.Name}{(schedule.Active ? "" : " (not active)")}");
        Add("", Member(schedule, "description"));
        Add("Times", $"{Member(schedule, "schedule")} {Member(schedule, "time_zone")}".TrimEnd());
        foreach (var violation in schedule.Violations ?? [])
        {
            Add("Refused", $"{violation.Pointer} {violation.Code}: {violation.Message}");
        }

        foreach (var member in schedule.UnknownMembers ?? [])
        {
            Add("No effect", member);
        }

        foreach (var next in schedule.NextRuns)
        {
            Add("Next run", Moment(next));
        }

        Add("Running since", schedule.RunningSince is { } since ? Moment(since) : null);
        Add("Last error", schedule.LastError is { } error ? $"{Moment(error.At)} {error.Code}: {error.Message}" : null);
        Terminal.Write(grid);
        if (schedule.LastRun is { } run)
        {
            Print(run);
        }
    }

    public static void Print(ScheduleRun run)
    {
        Console.WriteLine($"Run for {Moment(run.Occurrence)}{(run.Manual ? ", by hand" : "")}: {Counts(run)}; all jobs: orchestrate list --label {run.Label}");
        foreach (var job in run.Jobs)
        {
            Console.WriteLine($"  {job.Status,-12}  {job.JobId}  {job.Image}  {(job.Code is null ? "" : $"{job.Code}: {job.Message}")}".TrimEnd());
        }
    }

    private static string Counts(ScheduleRun run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.Accepted} accepted, {run.Deduplicated} deduplicated, {run.Refused} refused");

    private static string Moment(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    private static string Member(ScheduleView schedule, string name) =>
        schedule.Document is { } document && document.TryGetProperty(name, out var value) ? value.ToString() : "";
}
