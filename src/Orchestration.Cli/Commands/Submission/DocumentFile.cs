using Orchestration.Protocol.Documents;

namespace Orchestration.Cli.Commands.Submission;

/// <summary>Reads what a command is given: a file, or standard input.</summary>
internal static class DocumentFile
{
    public const string StandardInput = "-";

    /// <summary>By the end of the name; where that says nothing, as of standard input, JSON is what begins with a brace or bracket.</summary>
    public static DocumentFormat FormatOf(string file, ReadOnlySpan<byte> content) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".JSON" or ".YAML" or ".YML" => DocumentFormats.OfFileName(file),
        _ => content.TrimStart(" \t\r\n\ufeff"u8) is [(byte)'{' or (byte)'[', ..] ? DocumentFormat.Json : DocumentFormat.Yaml,
    };

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
        catch (UnauthorizedAccessException exception) when (Directory.Exists(file))
        {
            throw new CommandException(ExitCode.Refused, $"Expected a document, but {file} is a folder.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Refused, exception.Message, exception);
        }
    }
}
