using System.Diagnostics;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Cli.Folders;

/// <summary>
/// Runs the documents of a folder, and puts their results into another. A document stays with this worker until its job has ended, so that
/// one that is killed goes on with it when it is started again; where it is not, another worker on the folder takes its documents.
/// </summary>
internal sealed class FolderWorker(DocumentRunner runner, JobFolder folder, FolderWorkerOptions options, FolderLog log) : IDisposable
{
    private const int LargestFileOfSeveral = 64 * JobDocumentReader.MaximumBytes;

    private static readonly TimeSpan AbandonedInterval = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _free = new(options.MaximumConcurrent);
    private readonly List<Task> _running = [];
    private int _failed;

    /// <summary>Works until it is told to stop, or, where it is to run once, until there is nothing left.</summary>
    /// <returns>How many documents failed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var file in folder.FindInterrupted())
        {
            await BeginAsync(file, isInterrupted: true, cancellationToken);
        }

        var watch = new ArrivalWatch();
        for (var sinceAbandoned = (Stopwatch?)null; ;)
        {
            if (sinceAbandoned is null || sinceAbandoned.Elapsed > AbandonedInterval)
            {
                sinceAbandoned = Stopwatch.StartNew();
                foreach (var file in folder.TakeAbandoned())
                {
                    log.Write(FolderLogLevel.Info, $"{file.Name}: taken from a worker that is gone");
                    await BeginAsync(file, isInterrupted: true, cancellationToken);
                }
            }

            foreach (var file in watch.Look(folder.FindArrived()))
            {
                await _free.WaitAsync(cancellationToken);
                _free.Release();
                if (folder.TryClaim(file) is { } claimed)
                {
                    await BeginAsync(claimed, isInterrupted: false, cancellationToken);
                }
            }

            _running.RemoveAll(task => task.IsCompletedSuccessfully);
            if (options.Once && !watch.IsWaiting && folder.FindArrived().Count == 0)
            {
                break;
            }

            await Task.Delay(options.PollInterval, cancellationToken);
        }

        await Task.WhenAll(_running);
        return _failed;
    }

    public void Dispose() => _free.Dispose();

    private async Task BeginAsync(FileInfo file, bool isInterrupted, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        _running.Add(RunAsync(file, isInterrupted, cancellationToken));
    }

    private async Task RunAsync(FileInfo file, bool isInterrupted, CancellationToken cancellationToken)
    {
        try
        {
            PutAway(file, await RunToEndAsync(file, isInterrupted, cancellationToken));
        }
        finally
        {
            _free.Release();
        }
    }

    private void PutAway(FileInfo file, FailureReason? reason)
    {
        if (reason is not null)
        {
            Interlocked.Increment(ref _failed);
        }

        try
        {
            if (reason is null)
            {
                folder.MoveToDone(file);
                log.Write(FolderLogLevel.Info, $"{file.Name}: done");
            }
            else
            {
                folder.MoveToFailed(file, reason);
                log.Write(FolderLogLevel.Warn, $"{file.Name}: failed: {reason.Code}: {reason.Message}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays with this worker, which finds it at its next start.
            log.Write(FolderLogLevel.Error, $"{file.Name}: cannot be put away: {exception.Message}");
        }
    }

    /// <returns>Why it failed; null for a job that has completed.</returns>
    private async Task<FailureReason?> RunToEndAsync(FileInfo file, bool isInterrupted, CancellationToken cancellationToken)
    {
        if (file.LinkTarget is not null || (file.Attributes & FileAttributes.Directory) != 0)
        {
            return new FailureReason(ErrorCodes.PathNotAllowed, "Expected a file, found a link: links are not followed.");
        }

        // Not opened where it is empty, as pipes are, nor where it is too large.
        var isOfSeveral = file.Extension.ToUpperInvariant() is ".NDJSON" or ".JSONL";
        var largest = isOfSeveral ? LargestFileOfSeveral : JobDocumentReader.MaximumBytes;
        if (file.Length == 0 || file.Length > largest)
        {
            return new FailureReason(
                file.Length == 0 ? ErrorCodes.InvalidJson : ErrorCodes.ResourceLimit, $"Expected a file of 1 to {largest} bytes, found {file.Length}.");
        }

        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new FailureReason(ErrorCodes.PathNotAllowed, $"The file cannot be read: {exception.Message}");
        }

        return isOfSeveral
            ? await runner.RunLinesAsync(file.Name, content, isInterrupted, cancellationToken)
            : await runner.RunAsync(file.Name, content, DocumentFormats.OfFileName(file.Name), isInterrupted, cancellationToken);
    }
}

/// <param name="MaximumConcurrent">Documents at work at once.</param>
/// <param name="PollInterval">Pause between two looks.</param>
/// <param name="Once">Whether to end when there is nothing left.</param>
internal sealed record FolderWorkerOptions(int MaximumConcurrent, TimeSpan PollInterval, bool Once);
