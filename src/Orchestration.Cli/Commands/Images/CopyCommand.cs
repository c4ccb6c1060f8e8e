using System.CommandLine;
using Orchestration.Cli.Output;
using Orchestration.Inspection;
using Orchestration.Inspection.Files;

namespace Orchestration.Cli.Commands.Images;

/// <summary><c>orchestrate image cp</c>: copies a file or folder out of the image.</summary>
internal static class CopyCommand
{
    public static Command Create()
    {
        var options = new ImageOptions();
        var path = new Argument<string>("PATH") { Description = "Absolute path of a file or folder in the guest." };
        var target = new Argument<string>("TARGET") { Description = "Where to copy it: a new file or folder, or an existing folder to put it in." };
        var command = new Command("cp", "Copy a file, or a folder with all that is in it, out of the guest. Nothing that exists is overwritten.") { path, target };
        options.SetWork(command, (session, parsed, cancellationToken) =>
        {
            var source = parsed.GetRequiredValue(path);
            var file = session.Files.Find(source) ?? throw new CommandException(ExitCode.Refused, $"There is no {source}.");
            var to = parsed.GetRequiredValue(target);
            using var line = new LiveLine();
            var copy = new Copy(session, line, cancellationToken);
            copy.Run(file, Directory.Exists(to) && file.Name.Length > 0 ? Path.Combine(to, RequireSafe(file.Name)) : to);
            line.Dispose();
            if (options.WantsJson(parsed))
            {
                Answer.WriteJson(new { copy.Files, copy.Bytes, Damages = copy.Damages });
            }
            else
            {
                Console.Error.WriteLine($"{copy.Files} files, {ByteSize.Format(copy.Bytes)}");
            }

            return copy.Damages.Count == 0 ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;
    }

    private static string RequireSafe(string name) => name is not ("" or "." or "..") && name.AsSpan().IndexOfAny('/', '\0') < 0
        ? name
        : throw new CommandException(ExitCode.Refused, $"The image has a file named '{ListFilesCommand.Printable(name)}', which is no name here.");

    private sealed class Copy(ImageSession session, LiveLine line, CancellationToken cancellationToken)
    {
        public int Files { get; private set; }

        public long Bytes { get; private set; }

        public List<string> Damages { get; } = [];

        public void Run(GuestFile file, string to)
        {
            if (!file.IsDirectory)
            {
                CopyOne(file, to);
                return;
            }

            // What is copied must not be led elsewhere by a link that the image put in its way: every folder and file is new.
            RequireNew(to);
            Directory.CreateDirectory(to);
            var root = file.Path.TrimEnd('/');
            foreach (var entry in new TreeWalk(session.Files, Report).Below(file.Path, cancellationToken))
            {
                var place = entry.Path[(root.Length + 1)..].Split('/').Aggregate(to, (folder, name) => Path.Combine(folder, RequireSafe(name)));
                CopyOne(entry, place);
            }
        }

        private void CopyOne(GuestFile file, string to)
        {
            try
            {
                RequireNew(to);
                if (file.IsDirectory)
                {
                    Directory.CreateDirectory(to);
                }
                else if (file.IsLink && session.Files.ReadLink(file.Path) is { } target)
                {
                    File.CreateSymbolicLink(to, target);
                }
                else if (file.IsRegular)
                {
                    var content = session.Files.Open(file.Path);
                    using var output = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
                    line.Update(() => Describe(file, 0));
                    CatCommand.Write(content, output, done => line.Update(() => Describe(file, done)), cancellationToken);
                    Bytes += content.Length;
                    Files++;
                }
            }
            catch (InspectionException exception)
            {
                Report(exception.Message);
            }
        }

        private string Describe(GuestFile file, long done) => $"{Files} files, {ByteSize.Format(Bytes + done)}: {ListFilesCommand.Printable(file.Path)}";

        private void Report(string damage)
        {
            Damages.Add(damage);
            line.WriteAbove($"damaged: {ListFilesCommand.Printable(damage)}");
        }

        private static void RequireNew(string path)
        {
            if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
            {
                throw new CommandException(ExitCode.Refused, $"{path} exists.");
            }
        }
    }
}
