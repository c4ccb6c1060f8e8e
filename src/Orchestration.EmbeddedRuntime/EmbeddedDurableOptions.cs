using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Store;

namespace Orchestration.EmbeddedRuntime;

/// <summary>Settings of the embedded durable engine.</summary>
public sealed class EmbeddedDurableOptions
{
    /// <summary>That of the Microsoft packages where they keep large payloads apart.</summary>
    internal const int DefaultMaximumPayload = 10 * 1024 * 1024;

    /// <summary>The SQLite file that holds everything durable. Its folder is created when missing. One process may use it at a time.</summary>
    public string StorePath { get; set; } = "orchestration.db";

    /// <summary>The name of the task hub, which clients and HTTP addresses show.</summary>
    public string HubName { get; set; } = "orchestration";

    /// <summary>Activities that run at once; null: what the worker's options say.</summary>
    public int? MaxConcurrentActivities { get; set; }

    /// <summary>
    /// The most calls of one activity that run at once, of all orchestrations together, by the activity's name, case ignored. Calls that
    /// wait for this take no place from other activities. An activity that is not named has no limit of its own.
    /// </summary>
    public IDictionary<string, int> ActivityLimits { get; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Orchestrator turns that run at once; null: what the worker's options say.</summary>
    public int? MaxConcurrentOrchestrations { get; set; }

    /// <summary>Longer timers are split into several of at most this length; null: what the worker's options say.</summary>
    public TimeSpan? MaximumTimerInterval { get; set; }

    /// <summary>
    /// How long instances are kept after they have ended, by their final status (Completed, Failed, Terminated); those of a status that
    /// is not named are kept until they are purged. They are removed within an hour after their time. Entities have no end, so nothing
    /// ages them: what they keep stays until an operation deletes it, and <c>CleanEntityStorageAsync</c> removes those of which nothing is left.
    /// </summary>
    public IDictionary<OrchestrationRuntimeStatus, TimeSpan> Retention { get; } = new Dictionary<OrchestrationRuntimeStatus, TimeSpan>();

    /// <summary>
    /// Bytes that an input, a result, an event or a custom status may have to be kept in the store's own file; larger ones are kept in files
    /// in a folder beside it, and removed with their instance.
    /// </summary>
    public int PayloadThreshold { get; set; } = DurableStore.DefaultPayloadThreshold;

    /// <summary>
    /// Bytes, as UTF-8, that an input, a result, an event, a custom status or an entity's state may have at most. What is larger is refused with
    /// an <see cref="InvalidOperationException"/> where it is made: at the client's call, or in the activity, operation or orchestrator, which
    /// fails of it unless it catches it. An orchestrator that is being replayed sees the limit of today, as it sees the code of today.
    /// </summary>
    public int MaximumPayload { get; set; } = DefaultMaximumPayload;

    /// <summary>Instances whose history is kept in memory between turns; others are read again from the store.</summary>
    public int MaxCachedInstances { get; set; } = 10_000;

    /// <summary>
    /// Orchestrators of the last so many turns stay in memory as they are, so that their next turn needs no replay: an orchestration of n turns
    /// then takes time in proportion to n, not to its square. 0, the default, replays in every turn, as on Azure, which finds code that would not
    /// repeat itself while it is being developed; <c>IsReplaying</c> is true in replays only.
    /// </summary>
    public int WarmOrchestrators { get; set; }

    /// <summary>
    /// Whether every commit is synced to disk. Without that the crash of the process still loses nothing, but that of the machine may lose the
    /// newest commits.
    /// </summary>
    public bool SyncToDisk { get; set; } = true;
}
