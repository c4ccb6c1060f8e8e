using System.CommandLine;
using Orchestration.Cli.Output;
using Orchestration.DiskImages.Volumes;
using Spectre.Console;

namespace Orchestration.Cli.Commands.Images;

/// <summary><c>orchestrate image info</c>: what the image is and what lies on it.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var options = new ImageOptions();
        var command = new Command("info", "Show an image's format, size and snapshots, and its partitions, arrays and volumes with what they hold.");
        options.SetWork(command, (session, parsed, _) =>
        {
            if (options.WantsJson(parsed))
            {
                Answer.WriteJson(Describe(session));
            }
            else
            {
                Print(session);
            }

            return ExitCode.Completed;
        });
        return command;
    }

    private static object Describe(ImageSession session) => new
    {
        session.Image.Format,
        VirtualSizeBytes = session.Image.Content.Length,
        session.StoredBytes,
        session.Image.Snapshots,
        PartitionTables = session.Image.Volumes.Tables.Select(table => new { Scheme = table.Scheme.ToString().ToLowerInvariant(), table.DiskId }),
        Volumes = session.Image.Volumes.Volumes.Select(volume => new
        {
            volume.Device,
            Kind = volume.Kind.ToString(),
            SizeBytes = volume.Content?.Length,
            volume.Identity?.Type,
            volume.Identity?.Label,
            volume.Identity?.Uuid,
            volume.Aliases,
            volume.Problem,
        }),
        Warnings = session.Image.Warnings.Concat(session.Image.Volumes.Warnings),
    };

    private static void Print(ImageSession session)
    {
        var image = session.Image;
        Console.WriteLine($"{image.Format}, {ByteSize.Format(image.Content.Length)} stored in {ByteSize.Format(session.StoredBytes)}{(image.Disks.Count > 1 ? $", first of {image.Disks.Count} disks" : "")}");
        foreach (var snapshot in image.Snapshots)
        {
            Console.WriteLine($"snapshot {snapshot.Id}: {snapshot.Name}, {snapshot.Taken:yyyy-MM-dd HH:mm:ss}Z, {ByteSize.Format(snapshot.VirtualSize)}");
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("Device", "Kind", "Size", "Holds", "Label", "UUID");
        foreach (var volume in image.Volumes.Volumes)
        {
            table.AddRow([.. Row(volume).Select(text => new Text(text ?? ""))]);
        }

        Terminal.Write(table);
        foreach (var volume in image.Volumes.Volumes.Where(volume => volume.Problem is not null))
        {
            Console.WriteLine($"{volume.Device}: {volume.Problem}");
        }

        foreach (var warning in image.Warnings.Concat(image.Volumes.Warnings))
        {
            Console.Error.WriteLine($"warning: {warning}");
        }
    }

    private static string?[] Row(Volume volume) =>
    [
        volume.Device,
        volume.Kind.ToString(),
        volume.Content is { } content ? ByteSize.Format(content.Length) : null,
        volume.Identity?.Type,
        volume.Identity?.Label,
        volume.Identity?.Uuid,
    ];
}
