using System.Diagnostics.Metrics;

namespace Orchestration.Functions.Observability;

/// <summary>What this process has done, as meters, under the names that users of the protocol's other workers know. Safe for concurrent use.</summary>
public sealed class JobMeters : IDisposable
{
    /// <summary>The name under which the meters are exported.</summary>
    public const string MeterName = "Orchestration.Jobs";

    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048] };

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _jobs;
    private readonly Histogram<double> _jobSeconds;
    private readonly UpDownCounter<long> _activeJobs;
    private readonly Counter<long> _handlers;
    private readonly Histogram<double> _handlerSeconds;
    private readonly Counter<long> _checksums;
    private readonly Counter<long> _diskReadBytes;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _stepsAtWork = new(StringComparer.Ordinal);

    public JobMeters()
    {
        Text = new PrometheusText(_meter);
        _jobs = _meter.CreateCounter<long>("guestkit_worker_jobs_total", description: "Jobs that have ended, by operation and status.");
        _jobSeconds = _meter.CreateHistogram("guestkit_worker_jobs_duration_seconds", "s", "From the begin of a job's orchestration to its result.", advice: Seconds);
        _activeJobs = _meter.CreateUpDownCounter<long>("guestkit_worker_active_jobs", description: "Jobs with a step at work in this process.");
        _handlers = _meter.CreateCounter<long>("guestkit_handler_executions_total", description: "Steps that were run, by operation and status.");
        _handlerSeconds = _meter.CreateHistogram("guestkit_handler_duration_seconds", "s", "Time of a step.", advice: Seconds);
        _checksums = _meter.CreateCounter<long>("guestkit_checksum_verifications_total", description: "Checksums of images that were verified, by status.");
        _diskReadBytes = _meter.CreateCounter<long>("guestkit_worker_disk_read_bytes_total", "By", "Bytes fetched of images.");

        // What has not happened is 0, rather than unknown.
        _activeJobs.Add(0);
        _diskReadBytes.Add(0);
    }

    /// <summary>Everything so far, for those who ask.</summary>
    public PrometheusText Text { get; }

    /// <summary>Notes that a job has ended. One whose result is written again after a crash counts again.</summary>
    /// <param name="operation">Of the job, one that this app has.</param>
    /// <param name="status">Wire name of its final state.</param>
    /// <param name="duration">How long it took.</param>
    public void JobEnded(string operation, string status, TimeSpan duration)
    {
        _jobs.Add(1, new("operation", operation), new("status", status));
        _jobSeconds.Record(duration.TotalSeconds);
    }

    /// <summary>Counts a job as active until the step, and all others of the job, are disposed.</summary>
    public IDisposable BeginStep(string jobId)
    {
        lock (_gate)
        {
            var count = _stepsAtWork.GetValueOrDefault(jobId);
            _stepsAtWork[jobId] = count + 1;
            if (count == 0)
            {
                _activeJobs.Add(1);
            }
        }

        return new StepAtWork(this, jobId);
    }

    /// <summary>Notes that a step has ended.</summary>
    /// <param name="operation">Of the job, one that this app has.</param>
    /// <param name="succeeded">Whether it has an output.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="readBytes">Bytes that it fetched of an image.</param>
    public void StepEnded(string operation, bool succeeded, TimeSpan duration, long readBytes)
    {
        _handlers.Add(1, new("handler", operation), new("status", Status(succeeded)));
        _handlerSeconds.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("handler", operation));
        _diskReadBytes.Add(readBytes);
    }

    /// <summary>Notes that an image was compared with its checksum.</summary>
    public void ChecksumVerified(bool succeeded) => _checksums.Add(1, new KeyValuePair<string, object?>("status", Status(succeeded)));

    public void Dispose()
    {
        Text.Dispose();
        _meter.Dispose();
    }

    private static string Status(bool succeeded) => succeeded ? "success" : "failure";

    private void EndStep(string jobId)
    {
        lock (_gate)
        {
            if (--_stepsAtWork[jobId] == 0)
            {
                _stepsAtWork.Remove(jobId);
                _activeJobs.Add(-1);
            }
        }
    }

    private sealed class StepAtWork(JobMeters metrics, string jobId) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                metrics.EndStep(jobId);
            }
        }
    }
}
