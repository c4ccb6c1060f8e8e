using System.Diagnostics;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>
/// Looks into a container again and again and has every new version of a matching blob delivered: once in the ordinary case, again
/// after a failure, and perhaps again after a crash between a call and its receipt.
/// </summary>
internal sealed partial class BlobContainerWatcher(
    string function,
    BlobPattern pattern,
    BlobContainerClient container,
    BlobReceipts receipts,
    BlobDeliverer deliverer,
    SemaphoreSlim slots,
    EmbeddedHostOptions options,
    TimeProvider time,
    ILogger logger)
{
    // Only the watching loop adds and removes; a delivery changes its own entry.
    private readonly Dictionary<string, WatchedBlob> _blobs = [];
    private readonly HashSet<Task> _deliveries = [];
    private Dictionary<string, string>? _receipts;
    private int _scan;
    private bool _hasForgottenOrphans;
    private bool _isOut;

    /// <summary>Runs until cancelled; then waits for the deliveries under way.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = options.BlobPollInterval;
        try
        {
            while (true)
            {
                var isBusy = await TryScanAsync(cancellationToken);
                pause = isBusy ? options.BlobPollInterval : Shorter(pause * 1.25, options.BlobPollInterval * 2);
                await Task.Delay(pause, time, cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(_deliveries);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<bool> TryScanAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isBusy = await ScanAsync(cancellationToken);
            if (_isOut)
            {
                LogRecovered(container.Name, function);
                _isOut = false;
            }

            return isBusy;
        }
#pragma warning disable CA1031 // Whatever it was, such as a listing that is no XML for one blob's name: a watcher that ended would leave all others lying.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!_isOut)
            {
                LogOutage(exception, container.Name, function);
                _isOut = true;
            }

            return false;
        }
    }

    /// <summary>Looks once; says whether anything was there to deliver.</summary>
    private async Task<bool> ScanAsync(CancellationToken cancellationToken)
    {
        _deliveries.RemoveWhere(delivery => delivery.IsCompleted);
        if (_receipts is null || _isOut)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }

        _receipts ??= await receipts.LoadAsync(cancellationToken);
        _scan++;
        var isBusy = false;
        await foreach (var item in container.GetBlobsAsync(prefix: pattern.Prefix, cancellationToken: cancellationToken))
        {
            if (Due(item, _receipts) is { } blob && pattern.Match(item.Name) is { } tokens)
            {
                isBusy = true;
                await slots.WaitAsync(cancellationToken);
                blob.IsUnderWay = true;
                var version = new BlobVersion(
                    container.GetBlobClient(item.Name), blob.ETag, item.Properties.ContentLength ?? 0, tokens);
                _deliveries.Add(DeliverAsync(blob, version, cancellationToken));
            }
        }

        await ForgetMissingAsync(_receipts, cancellationToken);
        if (!_hasForgottenOrphans)
        {
            await ForgetOrphansAsync(_receipts, cancellationToken);
            _hasForgottenOrphans = true;
        }

        return isBusy;
    }

    /// <summary>The entry of a blob that is to be delivered now; null where it is not.</summary>
    private WatchedBlob? Due(BlobItem item, Dictionary<string, string> known)
    {
        if (item.Properties.ETag is not { } etag)
        {
            return null;
        }

        if (_blobs.TryGetValue(item.Name, out var blob))
        {
            blob.Scan = _scan;
            if (blob.IsUnderWay)
            {
                return null;
            }
        }

        if (blob is null || blob.ETag != etag)
        {
            // Names are matched and hashed once a version, not at every look: a container may hold very many.
            var isWanted = pattern.IsMatch(item.Name);
            var receipt = isWanted ? known.GetValueOrDefault(BlobReceipts.Key(item.Name)) : null;
            blob = new(etag)
            {
                Scan = _scan,
                HasReceipt = receipt is not null || blob is { HasReceipt: true },
                IsDone = !isWanted || receipt == etag.ToString(),
            };
            _blobs[item.Name] = blob;
        }

        return !blob.IsDone && blob.NotBefore <= time.GetUtcNow() ? blob : null;
    }

    private async Task ForgetMissingAsync(Dictionary<string, string> known, CancellationToken cancellationToken)
    {
        foreach (var (name, blob) in _blobs.Where(entry => entry.Value.Scan != _scan && !entry.Value.IsUnderWay).ToArray())
        {
            _blobs.Remove(name);
            if (blob.HasReceipt)
            {
                known.Remove(BlobReceipts.Key(name));
                await receipts.DeleteAsync(BlobReceipts.Key(name), cancellationToken);
            }
        }
    }

    /// <summary>Removes the receipts of blobs that went while the host was down.</summary>
    private async Task ForgetOrphansAsync(Dictionary<string, string> known, CancellationToken cancellationToken)
    {
        foreach (var key in known.Keys.Except(_blobs.Keys.Select(BlobReceipts.Key)).ToArray())
        {
            await receipts.DeleteAsync(key, cancellationToken);
            known.Remove(key);
        }
    }

    /// <summary>Delivers and records the outcome. Does not throw.</summary>
    private async Task DeliverAsync(WatchedBlob blob, BlobVersion version, CancellationToken cancellationToken)
    {
        var name = version.Client.Name;
        try
        {
            if (await deliverer.DeliverAsync(version, blob.Failures, options.BlobAttempts - 1, cancellationToken))
            {
                await RecordAsync(blob, name, "completed");
            }
            else
            {
                // Another version, if there is one, has another ETag: the next look finds it.
                LogGone(name, function);
                blob.IsDone = true;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The next start delivers it again.
        }
#pragma warning disable CA1031 // Whatever a function throws counts as a failed attempt.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await FailAsync(blob, name, exception);
        }
        finally
        {
            blob.IsUnderWay = false;
            slots.Release();
        }
    }

    private async Task FailAsync(WatchedBlob blob, string name, Exception exception)
    {
        blob.Failures++;
        if (blob.Failures >= options.BlobAttempts)
        {
            LogPoison(exception, name, function, blob.Failures);
            await RecordAsync(blob, name, "poisoned");
            return;
        }

        var delay = options.BlobRetryDelay * Math.Pow(2, Math.Min(blob.Failures - 1, 10));
        blob.NotBefore = time.GetUtcNow() + delay;
        LogRetry(name, function, delay, blob.Failures, options.BlobAttempts, exception.Message);
    }

    /// <summary>Not cancelled when the host stops: what has been done is to be known at the next start.</summary>
    private async Task RecordAsync(WatchedBlob blob, string name, string outcome)
    {
        blob.IsDone = true;
        try
        {
            blob.HasReceipt = true;
            await receipts.WriteAsync(name, blob.ETag, outcome, CancellationToken.None);
        }
        catch (Exception exception) when (BlobOutage.Is(exception))
        {
            LogNotRecorded(exception, name, function);
        }
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "Container {Container} cannot be watched for {Function}; trying on")]
    private partial void LogOutage(Exception exception, string container, string function);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Information, Message = "Container {Container} is watched again for {Function}")]
    private partial void LogRecovered(string container, string function);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Debug, Message = "Blob {Blob} was gone before {Function} could have it")]
    private partial void LogGone(string blob, string function);

    [LoggerMessage(
        EventId = 1204,
        Level = LogLevel.Warning,
        Message = "Blob {Blob} goes to {Function} again in {Delay}: attempt {Attempt} of {Attempts} failed: {Reason}")]
    private partial void LogRetry(string blob, string function, TimeSpan delay, int attempt, int attempts, string reason);

    [LoggerMessage(EventId = 1205, Level = LogLevel.Error, Message = "Blob {Blob} is set aside: {Function} failed on it {Attempts} times")]
    private partial void LogPoison(Exception exception, string blob, string function, int attempts);

    [LoggerMessage(
        EventId = 1206,
        Level = LogLevel.Warning,
        Message = "The receipt of blob {Blob} for {Function} could not be written; after a restart it is delivered again")]
    private partial void LogNotRecorded(Exception exception, string blob, string function);

    /// <summary>What the watcher knows of one version of a blob.</summary>
    [DebuggerDisplay("{ETag} done={IsDone} failures={Failures}")]
    private sealed class WatchedBlob(ETag etag)
    {
        private volatile bool _isUnderWay;

        public ETag ETag { get; } = etag;

        /// <summary>Number of the last look that saw it.</summary>
        public int Scan { get; set; }

        /// <summary>Set last by a delivery: what it wrote before is then seen.</summary>
        public bool IsUnderWay
        {
            get => _isUnderWay;
            set => _isUnderWay = value;
        }

        /// <summary>Whether this version needs no call, or no further one.</summary>
        public bool IsDone { get; set; }

        /// <summary>Whether there is a receipt for this blob, be it for an earlier version.</summary>
        public bool HasReceipt { get; set; }

        public int Failures { get; set; }

        public DateTimeOffset NotBefore { get; set; }
    }
}
