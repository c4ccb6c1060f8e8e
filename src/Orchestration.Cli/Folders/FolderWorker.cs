using System.Text.Json;
using Orchestration.Cli.Service;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Hyper2Kvm;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Cli.Folders;

/// <summary>
/// Runs the documents of a folder, and puts their results into another. A document stays with this worker until its job has ended, so that
/// one that is killed goes on with it when it is started again.
/// </summary>
internal sealed class FolderWorker(ServiceClient client, JobFolder folder, DirectoryInfo results, FolderWorkerOptions options) : IDisposable
{
    private static readonly TimeSpan OutageDelay = TimeSpan.FromSeconds(5);

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
        while (true)
        {
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
            var reason = await RunToEndAsync(file, isInterrupted, cancellationToken);
            if (reason is null)
            {
                folder.MoveToDone(file);
                Say($"{file.Name}: done");
                return;
            }

            Interlocked.Increment(ref _failed);
            folder.MoveToFailed(file, reason);
            Say($"{file.Name}: failed: {reason.Code}: {reason.Message}");
        }
        finally
        {
            _free.Release();
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
        if (file.Length is 0 or > JobDocumentReader.MaximumBytes)
        {
            return new FailureReason(
                file.Length == 0 ? ErrorCodes.InvalidJson : ErrorCodes.ResourceLimit,
                $"Expected a document of 1 to {JobDocumentReader.MaximumBytes} bytes, found {file.Length}.");
        }

        var content = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        var format = DocumentFormats.OfFileName(file.Name);
        while (true)
        {
            try
            {
                var jobId = await SubmitAsync(content, format, isInterrupted, cancellationToken);
                return await FollowAsync(jobId, cancellationToken);
            }
            catch (CommandException exception) when (exception.ExitCode == ExitCode.Unreachable)
            {
                // What was sent may have arrived: from now on the document may be known.
                isInterrupted = true;
                Say($"{file.Name}: {exception.Message}");
                await Task.Delay(OutageDelay, cancellationToken);
            }
            catch (CommandException exception)
            {
                return exception.Problem is { } problem
                    ? new FailureReason(problem.Code, problem.Detail, problem.JobId, problem.Violations)
                    : new FailureReason(ErrorCodes.ExecutionError, exception.Message);
            }
        }
    }

    private async Task<string> SubmitAsync(byte[] content, DocumentFormat format, bool isInterrupted, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SubmitAsync(content, format, cancellationToken);
        }
        catch (CommandException exception) when (isInterrupted && exception.Problem is { Code: ErrorCodes.DuplicateJob, JobId: { } jobId })
        {
            // Submitted before this worker was interrupted, if it is this document's job.
            var job = await client.GetJobAsync(jobId, cancellationToken);
            if (JobDocumentReader.Read(content, new ReadingOptions { Format = format }).Document is { } own && IsSame(own, job.Job))
            {
                return jobId;
            }

            throw;
        }
    }

    private async Task<FailureReason?> FollowAsync(string jobId, CancellationToken cancellationToken)
    {
        JobView job;
        while (!JobStateMachine.IsTerminal((job = await client.GetJobAsync(jobId, cancellationToken)).State))
        {
            await Task.Delay(options.PollInterval, cancellationToken);
        }

        var result = await client.GetResultAsync(jobId, cancellationToken);
        await SaveAsync(result, isHyper2Kvm: job.Job?.UnknownMembers?.ContainsKey(Hyper2KvmDocument.MemberName) is true, cancellationToken);
        return result.Error is { } error ? new FailureReason(error.Code, error.Message, jobId) : null;
    }

    /// <summary>The result comes last, so that whoever sees it finds every file that it names.</summary>
    private async Task SaveAsync(JobResult result, bool isHyper2Kvm, CancellationToken cancellationToken)
    {
        if (result.Outputs?.Artifacts is { Count: > 0 } artifacts)
        {
            var own = results.CreateSubdirectory(result.JobId);
            foreach (var name in artifacts.Select(Path.GetFileName).OfType<string>())
            {
                JobFolder.WriteAtomically(Path.Combine(own.FullName, name), await client.GetArtifactAsync(result.JobId, name, cancellationToken));
            }
        }

        if (isHyper2Kvm)
        {
            Write($"{result.JobId}_result.json", Hyper2KvmResult.From(result));
        }

        Write($"{result.JobId}-result.json", result);
    }

    private void Write<T>(string name, T content) =>
        JobFolder.WriteAtomically(Path.Combine(results.FullName, name), JsonSerializer.SerializeToUtf8Bytes(content, ProtocolJson.Indented));

    private static bool IsSame(JobDocument own, JobDocument? other) => other is not null && JsonElement.DeepEquals(
        JsonSerializer.SerializeToElement(own with { CreatedAt = other.CreatedAt }, ProtocolJson.Options),
        JsonSerializer.SerializeToElement(other, ProtocolJson.Options));

    private static void Say(string line) => Console.Error.WriteLine(line);
}

/// <param name="MaximumConcurrent">Documents at work at once.</param>
/// <param name="PollInterval">Pause between two looks.</param>
/// <param name="Once">Whether to end when there is nothing left.</param>
internal sealed record FolderWorkerOptions(int MaximumConcurrent, TimeSpan PollInterval, bool Once);
