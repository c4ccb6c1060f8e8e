using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Worker;

/// <summary>Settings of a worker.</summary>
public class DurableTaskWorkerOptions
{
    /// <summary>How two versions must relate for the worker to run an orchestration.</summary>
    public enum VersionMatchStrategy
    {
        /// <summary>The version does not matter.</summary>
        None,

        /// <summary>The orchestration's version is the worker's version.</summary>
        Strict,

        /// <summary>The orchestration's version is the worker's version or an older one.</summary>
        CurrentOrOlder,
    }

    /// <summary>What happens to an orchestration whose version does not match.</summary>
    public enum VersionFailureStrategy
    {
        /// <summary>
        /// It waits for another worker. Here that is the worker of the next process on the store: one process has one worker, and its version
        /// does not change. The instance is looked at again whenever something comes in for it, and a termination ends it.
        /// </summary>
        Reject,

        /// <summary>It fails with error type <c>VersionMismatch</c>.</summary>
        Fail,
    }

    public DataConverter DataConverter { get; set; } = JsonDataConverter.Default;

    /// <summary>Whether orchestrators may use entities; if not, their context's <c>Entities</c> throws <see cref="NotSupportedException"/>.</summary>
    public bool EnableEntitySupport { get; set; } = true;

    /// <summary>Longer timers are split into several of at most this length.</summary>
    public TimeSpan MaximumTimerInterval { get; set; } = TimeSpan.FromDays(3);

    public ConcurrencyOptions Concurrency { get; } = new();

    /// <summary>Version rules; null: versions do not matter.</summary>
    public VersioningOptions? Versioning { get; set; }

    public bool IsVersioningSet => Versioning is not null;

#pragma warning disable CS0618 // It is experimental in the Microsoft packages too.
    /// <summary>Says which orchestrations run; null: the service that is registered as one, or all.</summary>
    public IOrchestrationFilter? OrchestrationFilter { get; set; }
#pragma warning restore CS0618

    public LoggingOptions Logging { get; } = new();

    internal void CopyTo(DurableTaskWorkerOptions other)
    {
        other.DataConverter = DataConverter;
        other.EnableEntitySupport = EnableEntitySupport;
        other.MaximumTimerInterval = MaximumTimerInterval;
        other.Versioning = Versioning;
        other.OrchestrationFilter = OrchestrationFilter;
        other.Concurrency.MaximumConcurrentActivityWorkItems = Concurrency.MaximumConcurrentActivityWorkItems;
        other.Concurrency.MaximumConcurrentOrchestrationWorkItems = Concurrency.MaximumConcurrentOrchestrationWorkItems;
        other.Concurrency.MaximumConcurrentEntityWorkItems = Concurrency.MaximumConcurrentEntityWorkItems;
        other.Logging.UseLegacyCategories = Logging.UseLegacyCategories;
    }

    /// <summary>How much runs at once.</summary>
    public class ConcurrencyOptions
    {
        public int MaximumConcurrentActivityWorkItems { get; set; } = 100 * Environment.ProcessorCount;

        public int MaximumConcurrentOrchestrationWorkItems { get; set; } = 100 * Environment.ProcessorCount;

        public int MaximumConcurrentEntityWorkItems { get; set; } = 100 * Environment.ProcessorCount;
    }

    /// <summary>What is logged.</summary>
    public class LoggingOptions
    {
        /// <summary>Kept for compatibility; the embedded worker logs under one category.</summary>
        public bool UseLegacyCategories { get; set; } = true;
    }

    /// <summary>The versions that a worker stands for.</summary>
    public class VersioningOptions
    {
        /// <summary>The worker's version.</summary>
        public string Version { get; set; } = string.Empty;

        /// <summary>The version of sub-orchestrations that are called without one.</summary>
        public string DefaultVersion { get; set; } = string.Empty;

        public VersionMatchStrategy MatchStrategy { get; set; }

        public VersionFailureStrategy FailureStrategy { get; set; }
    }
}
