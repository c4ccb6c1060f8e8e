using System.Globalization;
using Orchestration.Protocol.Workers;
using Spectre.Console;

namespace Orchestration.Cli.Output;

/// <summary>Tells a person what workers are and can do.</summary>
internal static class WorkerSummary
{
    public static void Print(WorkerDocument worker)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        (string Label, string Text)[] rows =
        [
            ("Worker", $"{worker.WorkerId} {worker.Version}, pool {worker.Configuration.WorkerPool}"),
            ("Runs on", $"{worker.System.OperatingSystem} {worker.System.Architecture}, {worker.Configuration.ExecutionMode}{(worker.Configuration.Privileged ? ", privileged" : "")}"),
            ("Has", string.Create(
                CultureInfo.InvariantCulture,
                $"{worker.Resources.CpuCores} processors, {worker.Resources.MemoryGb} GiB of memory, {worker.Resources.AvailableDiskGb} GiB of free disk")),
            ("Operations", string.Join(", ", worker.Capabilities.Operations)),
            ("Formats", string.Join(", ", worker.Capabilities.DiskFormats)),
            ("Features", string.Join(", ", worker.Capabilities.Features)),
            ("Tools", string.Join(", ", worker.Capabilities.Tools.Keys)),
            ("Reads from", string.Join(", ", worker.Configuration.DataLocality)),
        ];
        foreach (var (label, text) in rows)
        {
            grid.AddRow(new Markup($"[bold]{label}[/]"), new Text(text));
        }

        Terminal.Write(grid);
    }

    public static void Print(IReadOnlyList<WorkerDocument> workers)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("Worker", "Pool", "Version", "State", "Last heard of", "Processors", "Memory GiB");
        foreach (var worker in workers)
        {
            table.AddRow(
                new Text(worker.WorkerId),
                new Text(worker.Configuration.WorkerPool),
                new Text(worker.Version),
                new Text(worker.Status.State),
                new Text(worker.Status.LastHeartbeat.ToString("u", CultureInfo.InvariantCulture)),
                new Text(worker.Resources.CpuCores.ToString(CultureInfo.InvariantCulture)),
                new Text(worker.Resources.MemoryGb.ToString(CultureInfo.InvariantCulture)));
        }

        Terminal.Write(table);
    }
}
