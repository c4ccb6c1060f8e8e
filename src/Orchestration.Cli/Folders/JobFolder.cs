using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Cli.Folders;

/// <summary>
/// A folder in which job documents are dropped. Who renames a file into its own folder below <c>.processing</c> has it; from there it goes to
/// <c>done</c> or, with a reason beside it, to <c>failed</c>, always under the name it came by. Nothing is overwritten, no link is followed.
/// </summary>
internal sealed partial class JobFolder : IDisposable
{
    private static readonly string[] Endings = [".json", ".yaml", ".yml"];

    private readonly DirectoryInfo _jobs;
    private readonly DirectoryInfo _own;
    private readonly DirectoryInfo _done;
    private readonly DirectoryInfo _failed;
    private readonly FileStream _lock;

    /// <param name="jobs">Where documents arrive; made where it is not there.</param>
    /// <param name="workerId">Tells this worker from others on the same folder.</param>
    /// <exception cref="CommandException">The folder cannot be used, or another process works there under this name.</exception>
    public JobFolder(string jobs, string workerId)
    {
        if (!WorkerIdPattern().IsMatch(workerId))
        {
            throw new CommandException(ExitCode.Refused, $"Expected a worker id of letters, digits, dots, hyphens and underscores, found '{workerId}'.");
        }

        try
        {
            _jobs = Directory.CreateDirectory(jobs);
            _own = _jobs.CreateSubdirectory(Path.Combine(".processing", workerId));
            _done = _jobs.CreateSubdirectory("done");
            _failed = _jobs.CreateSubdirectory("failed");
            _lock = new FileStream(Path.Combine(_own.FullName, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.Refused, $"The folder {jobs} cannot be used as worker '{workerId}', perhaps because another process does: {exception.Message}", exception);
        }
    }

    /// <summary>Documents that have arrived, complete or not, oldest first.</summary>
    public IReadOnlyList<FileInfo> FindArrived() => FindDocuments(_jobs);

    /// <summary>Documents that this worker had when it ended last.</summary>
    public IReadOnlyList<FileInfo> FindInterrupted() => FindDocuments(_own);

    /// <summary>Takes a document for this worker.</summary>
    /// <returns>Where it is now; null where another worker was faster.</returns>
    public FileInfo? TryClaim(FileInfo file)
    {
        var claimed = Path.Combine(_own.FullName, file.Name);
        try
        {
            File.Move(file.FullName, claimed, overwrite: false);
            return new FileInfo(claimed);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void MoveToDone(FileInfo file) => Move(file, _done);

    /// <summary>Puts a document away with why it failed, for programs and for people.</summary>
    public void MoveToFailed(FileInfo file, FailureReason reason)
    {
        var name = Move(file, _failed);
        WriteAtomically(Path.Combine(_failed.FullName, $"{name}.reason.json"), JsonSerializer.SerializeToUtf8Bytes(reason, ProtocolJson.Indented));
        WriteAtomically(Path.Combine(_failed.FullName, $"{name}.reason.txt"), Encoding.UTF8.GetBytes($"{reason.Code}: {reason.Message}\n"));
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Writes a file so that nobody sees a part of it.</summary>
    public static void WriteAtomically(string file, ReadOnlySpan<byte> content)
    {
        var partial = Path.Combine(Path.GetDirectoryName(file) ?? ".", $".{Path.GetFileName(file)}.{Guid.NewGuid():N}.partial");
        File.WriteAllBytes(partial, content);
        File.Move(partial, file, overwrite: true);
    }

    private static List<FileInfo> FindDocuments(DirectoryInfo folder) =>
    [
        .. folder.EnumerateFiles()
            .Where(file => !file.Name.StartsWith('.') && Endings.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
            .OrderBy(file => file.LastWriteTimeUtc),
    ];

    private static string Move(FileInfo file, DirectoryInfo folder)
    {
        for (var number = 0; ; number++)
        {
            var name = number == 0 ? file.Name : $"{Path.GetFileNameWithoutExtension(file.Name)}.{number}{file.Extension}";
            var target = Path.Combine(folder.FullName, name);
            if (!Path.Exists(target))
            {
                File.Move(file.FullName, target, overwrite: false);
                return name;
            }
        }
    }

    [GeneratedRegex(@"^[0-9A-Za-z_][0-9A-Za-z_.-]{0,63}\z")]
    private static partial Regex WorkerIdPattern();
}

/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">For people.</param>
/// <param name="JobId">The job, where there is one.</param>
/// <param name="Violations">Everything that is wrong with the document.</param>
internal sealed record FailureReason(string Code, string Message, string? JobId = null, IReadOnlyList<Violation>? Violations = null);
