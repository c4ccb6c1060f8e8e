namespace Orchestration.Cli.Commands.Submission;

/// <summary>Reads what a command is given: a file, or standard input.</summary>
internal static class DocumentFile
{
    public const string StandardInput = "-";

    public static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (file != StandardInput)
            {
                return await File.ReadAllBytesAsync(file, cancellationToken);
            }

            using var content = new MemoryStream();
            await using var input = Console.OpenStandardInput();
            await input.CopyToAsync(content, cancellationToken);
            return content.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Refused, exception.Message, exception);
        }
    }
}
