using System.CommandLine;
using Orchestration.Cli.Output;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;

namespace Orchestration.Cli.Commands.Images;

/// <summary><c>orchestrate image find</c>: the paths of all files that match.</summary>
internal static class FindCommand
{
    public static Command Create()
    {
        var options = new ImageOptions();
        var path = ImageOptions.Path();
        var name = new Option<string?>("--name") { Description = "Only names that match this pattern, with * and ?." };
        var type = new Option<string?>("--type") { Description = "Only files (f), folders (d) or symbolic links (l)." }.AcceptOnlyFromAmong("f", "d", "l");
        var command = new Command("find", "List the paths of all files below a folder of the guest.") { path, name, type };
        options.SetWork(command, (session, parsed, cancellationToken) =>
        {
            var damages = 0;
            var seen = 0;

            // Paths that scroll by on the same terminal show well enough how far it is.
            using var line = Console.IsOutputRedirected ? new LiveLine() : null;
            var walk = new TreeWalk(session.Files, damage =>
            {
                damages++;
                var text = $"damaged: {ListFilesCommand.Printable(damage)}";
                if (line is null)
                {
                    Console.Error.WriteLine(text);
                }
                else
                {
                    line.WriteAbove(text);
                }
            });
            FileKind? kind = parsed.GetValue(type) switch { "f" => FileKind.Regular, "d" => FileKind.Directory, "l" => FileKind.SymbolicLink, _ => null };
            bool Count(GuestFile file)
            {
                seen++;
                line?.Update(() => $"{seen} files seen: {ListFilesCommand.Printable(file.Path)}");
                return true;
            }

            var found = walk.Below(parsed.GetRequiredValue(path), cancellationToken)
                .Where(Count)
                .Where(file => kind is null || file.Kind == kind)
                .Where(file => parsed.GetValue(name) is not { } pattern || GuestPath.Matches(pattern, file.Name));
            if (options.WantsJson(parsed))
            {
                Answer.WriteJson(found.Select(file => ListFilesCommand.Describe(session, file)));
            }
            else
            {
                foreach (var file in found)
                {
                    Console.WriteLine(ListFilesCommand.Printable(file.Path));
                }
            }

            return damages == 0 ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;
    }
}
