using System.CommandLine;
using Orchestration.Cli.Output;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Volumes;
using Orchestration.Inspection;
using Orchestration.Inspection.Files;

namespace Orchestration.Cli.Commands.Images;

/// <summary><c>orchestrate image check</c>: reads everything and lists what is damaged.</summary>
internal static class CheckCommand
{
    private static readonly string[] Containers = ["swap", "LVM2_member", "linux_raid_member", "crypto_LUKS", "BitLocker"];

    public static Command Create()
    {
        var options = new ImageOptions();
        var content = new Option<bool>("--content") { Description = "Read the content of every file too, not only folders and attributes." };
        var command = new Command("check", "Read all file systems of an image, and list what is damaged or cannot be read. What is sound is read all the same.") { content };
        options.SetWork(command, (session, parsed, cancellationToken) =>
        {
            using var progress = new LiveLine();
            var check = new Check(parsed.GetValue(content), progress, cancellationToken);
            check.Run(session.Image);
            progress.Dispose();
            if (options.WantsJson(parsed))
            {
                Answer.WriteJson(new { check.Files, check.Bytes, check.Damages, Warnings = check.Warnings.Distinct(), session.Cost });
            }
            else
            {
                foreach (var line in check.Warnings.Distinct().Select(warning => $"warning: {warning}").Concat(check.Damages.Select(damage => $"damaged: {damage}")))
                {
                    Console.WriteLine(ListFilesCommand.Printable(line));
                }

                Console.WriteLine($"{check.Files} files{(check.Bytes > 0 ? $" with {ByteSize.Format(check.Bytes)}" : "")} read, {check.Damages.Count} damages, {check.Warnings.Distinct().Count()} warnings");
            }

            return check.Damages.Count == 0 ? ExitCode.Completed : ExitCode.JobFailed;
        });
        return command;
    }

    private sealed class Check(bool readsContent, LiveLine progress, CancellationToken cancellationToken)
    {
        private const int Piece = 1024 * 1024;
        private const int MostDamages = 1000;

        public int Files { get; private set; }

        public long Bytes { get; private set; }

        public List<string> Damages { get; } = [];

        public List<string> Warnings { get; } = [];

        public void Run(DiskImage image)
        {
            Warnings.AddRange([.. image.Warnings, .. image.Volumes.Warnings]);
            foreach (var volume in image.Volumes.Volumes)
            {
                if (volume.Problem is { } problem)
                {
                    Damages.Add($"{volume.Device}: {problem}");
                }
                else if (volume is { Content: not null, Identity: { } identity } && !Containers.Contains(identity.Type))
                {
                    Run(image, volume);
                }
            }
        }

        private void Run(DiskImage image, Volume volume)
        {
            try
            {
                var fileSystem = image.Volumes.OpenFileSystem(volume);
                var tree = new GuestTree([new GuestMount("/", fileSystem)]);
                foreach (var file in new TreeWalk(tree, damage => Report(volume, damage)).Below("/", cancellationToken))
                {
                    Files++;
                    progress.Update(() => Describe(volume, file, 0));
                    if (readsContent && file.IsRegular)
                    {
                        Read(volume, tree, file);
                    }
                }

                Warnings.AddRange(fileSystem.Warnings.Select(warning => $"{volume.Device}: {warning}"));
            }
            catch (DiskImageException exception) when (exception.Error is not (DiskImageError.Unavailable or DiskImageError.Changed))
            {
                Report(volume, exception.Message);
            }
        }

        private void Read(Volume volume, GuestTree tree, GuestFile file)
        {
            try
            {
                var content = tree.Open(file.Path);
                var buffer = new byte[Math.Min(Piece, content.Length)];
                for (long offset = 0; offset < content.Length; offset += buffer.Length)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    progress.Update(() => Describe(volume, file, offset));
                    content.Read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, content.Length - offset)));
                }

                Bytes += content.Length;
            }
            catch (InspectionException exception)
            {
                Report(volume, exception.Message);
            }
        }

        private string Describe(Volume volume, GuestFile file, long done) =>
            $"{Files} files{(readsContent ? $", {ByteSize.Format(Bytes + done)}" : "")}: {volume.Device} {ListFilesCommand.Printable(file.Path)}";

        private void Report(Volume volume, string damage)
        {
            if (Damages.Count < MostDamages)
            {
                Damages.Add($"{volume.Device}: {damage}");
            }
        }
    }
}
