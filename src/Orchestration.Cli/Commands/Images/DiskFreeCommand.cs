using System.CommandLine;
using Orchestration.Cli.Output;
using Spectre.Console;

namespace Orchestration.Cli.Commands.Images;

/// <summary><c>orchestrate image df</c>: the file systems of the guest and where it mounts them.</summary>
internal static class DiskFreeCommand
{
    public static Command Create()
    {
        var options = new ImageOptions();
        var command = new Command("df", "List the file systems of the image with their sizes and the space that their superblocks count as free, and where the guest mounts them.");
        options.SetWork(command, (session, parsed, _) =>
        {
            var rows = session.Image.Volumes.Volumes
                .Where(volume => volume.Identity is not null)
                .Select(volume => new
                {
                    volume.Device,
                    volume.Identity?.Type,
                    SizeBytes = volume.Identity?.SizeBytes ?? volume.Content?.Length,
                    volume.Identity?.FreeBytes,
                    MountPoints = MountPoints(session, volume.Device),
                })
                .ToList();
            if (options.WantsJson(parsed))
            {
                Answer.WriteJson(rows);
                return ExitCode.Completed;
            }

            var table = new Table().Border(TableBorder.Simple).AddColumns("Device", "Type", "Size", "Free", "Mounted on");
            foreach (var row in rows)
            {
                table.AddRow(new Text(row.Device), new Text(row.Type ?? ""), Size(row.SizeBytes), Size(row.FreeBytes), new Text(string.Join(' ', row.MountPoints)));
            }

            Terminal.Write(table);
            return ExitCode.Completed;
        });
        return command;
    }

    private static Text Size(long? bytes) => new(bytes is { } known ? ByteSize.Format(known) : "");

    // Without a guest nothing is mounted anywhere, and the file systems are still there.
    private static IReadOnlyList<string> MountPoints(ImageSession session, string device)
    {
        try
        {
            return [.. session.Guest?.Map.Mounts.Where(mount => mount.Device == device).Select(mount => mount.MountPoint) ?? []];
        }
        catch (CommandException)
        {
            return [];
        }
    }
}
