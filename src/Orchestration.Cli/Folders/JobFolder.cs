using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Cli.Folders;

/// <summary>
/// A folder in which job documents are dropped. Who renames a file into its own folder below <c>.processing</c> has it; from there it goes to
/// <c>done</c> or, with a reason beside it, to <c>failed</c>, always under the name it came by. Nothing is overwritten, no link is followed. Every
/// change is one rename, so that a worker that is killed leaves each document in exactly one place.
/// </summary>
internal sealed partial class JobFolder : IDisposable
{
    private const string LockName = ".lock";

    // Whoever looks whether a worker is gone holds its lock for a moment.
    private const int LockTries = 40;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);
    private static readonly string[] Endings = [".json", ".yaml", ".yml", ".ndjson", ".jsonl"];

    private readonly DirectoryInfo _jobs;
    private readonly DirectoryInfo _processing;
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
            _processing = _jobs.CreateSubdirectory(".processing");
            _own = _processing.CreateSubdirectory(workerId);
            _done = _jobs.CreateSubdirectory("done");
            _failed = _jobs.CreateSubdirectory("failed");
            _lock = WaitForLock(_own);
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

    /// <summary>Takes the documents of workers that are gone: a process that ends, however it does, loses its lock.</summary>
    public IReadOnlyList<FileInfo> TakeAbandoned()
    {
        var taken = new List<FileInfo>();
        foreach (var other in _processing.EnumerateDirectories().Where(folder => folder.Name != _own.Name && FindDocuments(folder).Count > 0))
        {
            using var gone = TryLock(other);
            taken.AddRange(gone is null ? [] : FindDocuments(other).Select(TryClaim).OfType<FileInfo>());
        }

        return taken;
    }

    /// <summary>Takes a document for this worker.</summary>
    /// <returns>Where it is now; null where another worker was faster, or this one has another of that name at work.</returns>
    public FileInfo? TryClaim(FileInfo file)
    {
        var claimed = Path.Combine(_own.FullName, file.Name);
        try
        {
            File.Move(file.FullName, claimed, overwrite: false);
            return new FileInfo(claimed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void MoveToDone(FileInfo file)
    {
        using var alone = WaitForLock(_processing);
        File.Move(file.FullName, Path.Combine(_done.FullName, FindFreeName(file, _done)), overwrite: false);
    }

    /// <summary>Puts a document away with why it failed, for programs and for people.</summary>
    public void MoveToFailed(FileInfo file, FailureReason reason)
    {
        // The reason first: whoever sees the document finds it, and a worker that is killed in between writes it again.
        using var alone = WaitForLock(_processing);
        var name = FindFreeName(file, _failed);
        WriteAtomically(Path.Combine(_failed.FullName, $"{name}.reason.json"), JsonSerializer.SerializeToUtf8Bytes(reason, ProtocolJson.Indented));
        WriteAtomically(Path.Combine(_failed.FullName, $"{name}.reason.txt"), Encoding.UTF8.GetBytes($"{reason.Code}: {reason.Message}\n"));
        File.Move(file.FullName, Path.Combine(_failed.FullName, name), overwrite: false);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>
    /// Writes a file so that nobody sees a part of it, be the machine switched off. What a killed worker leaves has the same name the next time,
    /// and is overwritten.
    /// </summary>
    public static void WriteAtomically(string file, ReadOnlySpan<byte> content)
    {
        var partial = Path.Combine(Path.GetDirectoryName(file) ?? ".", $".{Path.GetFileName(file)}.partial");
        using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, file, overwrite: true);
    }

    private static List<FileInfo> FindDocuments(DirectoryInfo folder) =>
    [
        .. folder.EnumerateFiles()
            .Where(file => !file.Name.StartsWith('.') && Endings.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
            .OrderBy(file => file.LastWriteTimeUtc),
    ];

    private static string FindFreeName(FileInfo file, DirectoryInfo folder)
    {
        for (var number = 0; ; number++)
        {
            var name = number == 0 ? file.Name : $"{Path.GetFileNameWithoutExtension(file.Name)}.{number}{file.Extension}";
            if (!Path.Exists(Path.Combine(folder.FullName, name)))
            {
                return name;
            }
        }
    }

    private static FileStream? TryLock(DirectoryInfo folder)
    {
        try
        {
            return Lock(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">Somebody else has it, and does not give it back.</exception>
    private static FileStream WaitForLock(DirectoryInfo folder)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return Lock(folder);
            }
            catch (IOException) when (tries < LockTries)
            {
                Thread.Sleep(LockPause);
            }
        }
    }

    private static FileStream Lock(DirectoryInfo folder) =>
        new(Path.Combine(folder.FullName, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    [GeneratedRegex(@"^[0-9A-Za-z_][0-9A-Za-z_.-]{0,63}\z")]
    private static partial Regex WorkerIdPattern();
}

/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">For people.</param>
/// <param name="JobId">The job, where there is one.</param>
/// <param name="Violations">Everything that is wrong with the document.</param>
internal sealed record FailureReason(string Code, string Message, string? JobId = null, IReadOnlyList<Violation>? Violations = null)
{
    /// <summary>The line of the document, from 1, in a file of several.</summary>
    public int? Line { get; init; }

    /// <summary>Of a file of several documents, those that failed.</summary>
    public IReadOnlyList<FailureReason>? Documents { get; init; }
}
