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

/// <summary>Submits documents, waits for the ends of their jobs, and saves the results. Waits for a service that cannot be reached.</summary>
internal sealed class DocumentRunner(ServiceClient client, DirectoryInfo results, TimeSpan pollInterval, FolderLog log)
{
    private static readonly TimeSpan OutageDelay = TimeSpan.FromSeconds(5);

    /// <summary>Runs one document.</summary>
    /// <param name="name">The file, for the log.</param>
    /// <param name="content">The document.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="isInterrupted">Whether it may have been submitted before.</param>
    /// <param name="cancellationToken">Leaves it as it is.</param>
    /// <returns>Why it failed; null for a job that has completed.</returns>
    public Task<FailureReason?> RunAsync(
        string name, ReadOnlyMemory<byte> content, DocumentFormat format, bool isInterrupted, CancellationToken cancellationToken) =>
        UntilReachedAsync(
            name, async again => await FollowAsync(await SubmitAsync(content, format, isInterrupted || again, cancellationToken), cancellationToken), cancellationToken);

    /// <summary>Runs the documents of a file of JSON lines: all are submitted, then waited for.</summary>
    /// <returns>Those that failed; null where all have completed.</returns>
    public async Task<FailureReason?> RunLinesAsync(string name, ReadOnlyMemory<byte> content, bool isInterrupted, CancellationToken cancellationToken)
    {
        var failures = new List<FailureReason>();
        var jobs = new List<(int Line, string JobId)>();
        var count = 0;
        foreach (var (line, document) in Split(content))
        {
            count++;
            var failure = await UntilReachedAsync(
                name,
                async again =>
                {
                    jobs.Add((line, await SubmitAsync(document, DocumentFormat.Json, isInterrupted || again, cancellationToken)));
                    return null;
                },
                cancellationToken);
            Note(line, failure);
        }

        foreach (var (line, jobId) in jobs)
        {
            Note(line, await UntilReachedAsync(name, _ => FollowAsync(jobId, cancellationToken), cancellationToken));
        }

        return (count, failures) switch
        {
            (0, _) => new FailureReason(ErrorCodes.InvalidJson, "Expected a document a line, found none."),
            (_, []) => null,
            (_, [var first, ..]) => new FailureReason(first.Code, $"{failures.Count} of {count} documents failed; the first, in line {first.Line}: {first.Message}")
            {
                Documents = failures,
            },
        };

        void Note(int line, FailureReason? failure)
        {
            if (failure is not null)
            {
                failures.Add(failure with { Line = line });
            }
        }
    }

    private static IEnumerable<(int Line, ReadOnlyMemory<byte> Document)> Split(ReadOnlyMemory<byte> content)
    {
        for (var line = 1; !content.IsEmpty; line++)
        {
            var end = content.Span.IndexOf((byte)'\n');
            var document = end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
            if (document.Span.IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                yield return (line, document);
            }
        }
    }

    /// <param name="name">The file.</param>
    /// <param name="work">Told whether it was tried before, so that what it sent may have arrived.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<FailureReason?> UntilReachedAsync(string name, Func<bool, Task<FailureReason?>> work, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                return await work(again);
            }
            catch (CommandException exception) when (exception.ExitCode == ExitCode.Unreachable)
            {
                log.Write(FolderLogLevel.Warn, $"{name}: {exception.Message}");
            }
            catch (CommandException exception)
            {
                return exception.Problem is { } problem
                    ? new FailureReason(problem.Code, problem.Detail, problem.JobId, problem.Violations)
                    : new FailureReason(ErrorCodes.ExecutionError, exception.Message);
            }
            catch (IOException exception)
            {
                // A disk that is full: the job has ended, and its result is not lost.
                log.Write(FolderLogLevel.Error, $"{name}: the result cannot be saved: {exception.Message}");
            }

            await Task.Delay(OutageDelay, cancellationToken);
        }
    }

    private async Task<string> SubmitAsync(ReadOnlyMemory<byte> content, DocumentFormat format, bool isInterrupted, CancellationToken cancellationToken)
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
        log.Write(FolderLogLevel.Debug, $"{jobId}: submitted");
        JobView job;
        while (!JobStateMachine.IsTerminal((job = await client.GetJobAsync(jobId, cancellationToken)).State))
        {
            await Task.Delay(pollInterval, cancellationToken);
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
}
