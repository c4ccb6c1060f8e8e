using System.CommandLine;
using System.Globalization;
using Orchestration.Cli.Output;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Inspection.Files;

namespace Orchestration.Cli.Commands.Images;

/// <summary><c>orchestrate image ls</c>: what a folder holds.</summary>
internal static class ListFilesCommand
{
    public static Command Create()
    {
        var options = new ImageOptions();
        var path = ImageOptions.Path();
        var command = new Command("ls", "List a folder of the guest with modes, owners, sizes and times.") { path };
        options.SetWork(command, (session, parsed, _) =>
        {
            var wanted = parsed.GetRequiredValue(path);
            var file = session.Files.Find(wanted) ?? throw new CommandException(ExitCode.Refused, $"There is no {wanted}.");
            var entries = file.IsDirectory ? session.Files.List(wanted) : [file];
            if (options.WantsJson(parsed))
            {
                Answer.WriteJson(entries.Select(entry => Describe(session, entry)));
                return ExitCode.Completed;
            }

            foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                var target = entry.IsLink ? $" -> {session.Files.ReadLink(entry.Path)}" : "";
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Letter(entry.Kind)}{entry.Mode} {entry.UserId,5} {entry.GroupId,5} {entry.Size,12} {entry.Modified:yyyy-MM-dd HH:mm} {Printable(entry.Name)}{Printable(target)}"));
            }

            return ExitCode.Completed;
        });
        return command;
    }

    public static object Describe(ImageSession session, GuestFile file) => new
    {
        file.Path,
        Kind = file.Kind.ToString(),
        file.Mode,
        file.UserId,
        file.GroupId,
        file.Size,
        file.Modified,
        Target = file.IsLink ? session.Files.ReadLink(file.Path) : null,
    };

    /// <summary>Names come from the image: what would move the cursor is shown as a question mark.</summary>
    public static string Printable(string name) => string.Create(name.Length, name, (output, input) =>
    {
        for (var i = 0; i < input.Length; i++)
        {
            output[i] = char.IsControl(input[i]) ? '?' : input[i];
        }
    });

    private static char Letter(FileKind kind) => kind switch
    {
        FileKind.Regular => '-',
        FileKind.Directory => 'd',
        FileKind.SymbolicLink => 'l',
        FileKind.BlockDevice => 'b',
        FileKind.CharacterDevice => 'c',
        FileKind.NamedPipe => 'p',
        FileKind.Socket => 's',
        _ => '?',
    };
}
