using System.Globalization;
using System.Text.Json;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.Validation;
using Spectre.Console;

namespace Orchestration.Cli.Output;

/// <summary>Tells a person what came of a job. Colours appear on terminals only.</summary>
internal static class Summary
{
    private static readonly string[] Severities = ["critical", "high", "medium", "low", "info"];

    public static void Print(JobView job)
    {
        var grid = NewGrid();
        AddRow(grid, "Job", job.JobId);
        AddRow(grid, "Operation", job.Operation);
        AddRow(grid, "State", $"{job.Status} ({job.Percent}%, {job.Phase}, attempt {job.Attempt})");
        AddRow(grid, "Error", job.Error is { } error ? $"{error.Code}: {error.Message}" : null);
        foreach (var change in job.AuditTrail)
        {
            AddRow(grid, "", $"{change.At:HH:mm:ss.fff} {change.State.ToString().ToLowerInvariant()} {change.Reason}".TrimEnd());
        }

        Terminal.Write(grid);
    }

    public static void Print(JobResult result, IReadOnlyList<string> files)
    {
        var grid = NewGrid();
        AddRow(grid, "Job", $"{result.JobId}: {result.Status} in {result.ExecutionSummary.DurationSeconds:0.0} s");
        AddRow(grid, "Error", result.Error is { } error ? $"{error.Code}: {error.Message}" : null);
        AddData(grid, result.Data);
        AddRow(grid, "Read", DescribeCost(result.Metrics));
        Terminal.Write(grid);
        PrintFindings(result.Data);
        if (files.Count > 0)
        {
            Console.WriteLine("Result files:");
            foreach (var file in files)
            {
                // Not through the grid, which would wrap a long path and make it useless to copy.
                Console.WriteLine($"  {file}");
            }
        }
    }

    /// <summary>A batch in text: a line for each document that was refused, then the counts.</summary>
    public static string Describe(BatchReport report) => string.Join('\n',
    [
        .. report.Items.Where(item => item.Status == "refused").Select(item => $"{item.Index}: {item.JobId} {item.Code}: {item.Message}"),
        $"{report.Accepted} accepted, {report.Deduplicated} deduplicated, {report.Refused} refused",
    ]);

    /// <summary>A violation in a line.</summary>
    public static string Describe(Violation violation) =>
        $"{(violation.Pointer.Length == 0 ? "document" : violation.Pointer)} {violation.Code}: {violation.Message}";

    private static Grid NewGrid() => new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();

    private static void AddRow(Grid grid, string label, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            grid.AddRow(new Markup($"[bold]{Markup.Escape(label)}[/]"), new Text(text));
        }
    }

    /// <summary>The members of a result's data that are plain values, one line each: every operation words its own summary.</summary>
    private static void AddData(Grid grid, JsonElement? data)
    {
        if (data is not { ValueKind: JsonValueKind.Object } members)
        {
            return;
        }

        foreach (var member in members.EnumerateObject())
        {
            var label = $"{char.ToUpperInvariant(member.Name[0])}{member.Name[1..].Replace('_', ' ')}";
            AddRow(grid, label, member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                _ => null,
            });
        }
    }

    private static void PrintFindings(JsonElement? data)
    {
        if (data is not { ValueKind: JsonValueKind.Object } members
            || !members.TryGetProperty("profiles", out var profiles)
            || profiles.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("Profile", "Score", "Passed", "Critical", "High", "Medium", "Low", "Info", "Not assessable");
        foreach (var profile in profiles.EnumerateArray())
        {
            table.AddRow(
            [
                Text(profile, "profile"),
                Text(profile, "score"),
                Text(profile, "passed"),
                .. Severities.Select(severity => Text(profile.GetProperty("by_severity"), severity)),
                Text(profile, "not_assessable"),
            ]);
        }

        Terminal.Write(table);
        if (members.TryGetProperty("worst_findings", out var findings))
        {
            var worst = NewGrid();
            foreach (var finding in findings.EnumerateArray())
            {
                AddRow(worst, Text(finding, "severity"), $"{Text(finding, "id")} {Text(finding, "title")}: {Text(finding, "found")}");
            }

            Terminal.Write(worst);
        }
    }

    private static string Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value)
        ? value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText()
        : "";

    private static string? DescribeCost(JobMetrics? metrics)
    {
        if (metrics?.DiskReadBytes is not { } bytes)
        {
            return null;
        }

        var share = metrics.ImageSizeBytes is > 0 and var size
            ? string.Create(CultureInfo.InvariantCulture, $" of {size / 1048576.0:0.0} MiB stored ({100.0 * bytes / size:0.0} %)")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB{share}, {metrics.Requests} requests, {metrics.Waves} waves");
    }
}
