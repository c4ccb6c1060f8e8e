using System.CommandLine;
using Orchestration.Inspection.Files;

namespace Orchestration.Cli.Commands.Images;

/// <summary><c>orchestrate image cat</c>: the content of a file.</summary>
internal static class CatCommand
{
    private const int Piece = 1024 * 1024;

    public static Command Create()
    {
        var options = new ImageOptions();
        var path = new Argument<string>("PATH") { Description = "Absolute path of a file in the guest." };
        var command = new Command("cat", "Write the content of a file of the guest to standard output.") { path };
        options.SetWork(command, (session, parsed, cancellationToken) =>
        {
            using var output = Console.OpenStandardOutput();
            Write(session.Files.Open(parsed.GetRequiredValue(path)), output, null, cancellationToken);
            return ExitCode.Completed;
        });
        return command;
    }

    public static void Write(GuestContent content, Stream output, Action<long>? progress, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(Piece, content.Length)];
        for (long offset = 0; offset < content.Length; offset += buffer.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, content.Length - offset));
            content.Read(offset, part);
            output.Write(part);
            progress?.Invoke(offset + part.Length);
        }
    }
}
