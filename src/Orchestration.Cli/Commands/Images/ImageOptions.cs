using System.CommandLine;
using Orchestration.DiskImages;
using Orchestration.Inspection;

namespace Orchestration.Cli.Commands.Images;

/// <summary>What the image commands share: which image, how to open it, and how failures end.</summary>
internal sealed class ImageOptions
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "A file, or the https URL of a blob (with a SAS, or readable by whoever is signed in to Azure)." };
    private readonly Option<string?> _format = new("--format") { Description = "What the image must be: raw, qcow2, vmdk, vdi, vhd, vhdx, ova. Default: what it looks like." };
    private readonly Option<string?> _snapshot = new("--snapshot") { Description = "Name or id of an internal snapshot (qcow2)." };
    private readonly Option<FileInfo[]> _keyFiles = new("--key-file") { Description = "File with the passphrase or key of an encrypted volume; may be given several times.", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _volume = new("--volume") { Description = "Look into this file system only (a device that 'info' lists), rather than into the guest's whole tree." };
    private readonly Option<bool> _json = CommonOptions.Json();

    public void AddTo(Command command)
    {
        // The image comes before whatever else the command takes.
        command.Arguments.Insert(0, _image);
        foreach (var option in (Option[])[_format, _snapshot, _keyFiles, _volume, _json])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Makes an action of a command's work: it gets the opened image, and failures become messages and exit codes.</summary>
    public void SetWork(Command command, Func<ImageSession, ParseResult, CancellationToken, int> work)
    {
        AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var session = await ImageSession.OpenAsync(
                    parsed.GetRequiredValue(_image), parsed.GetValue(_format), parsed.GetValue(_snapshot), parsed.GetValue(_keyFiles) ?? [], parsed.GetValue(_volume), cancellationToken);
                return work(session, parsed, cancellationToken);
            }
            catch (DiskImageException exception)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return exception.Error is DiskImageError.Unavailable ? ExitCode.Unreachable : ExitCode.Refused;
            }
            catch (Exception exception) when (exception is InspectionException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return ExitCode.Refused;
            }
        });
    }

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    public static Argument<string> Path() => new("PATH") { Description = "Absolute path in the guest.", DefaultValueFactory = _ => "/" };
}
