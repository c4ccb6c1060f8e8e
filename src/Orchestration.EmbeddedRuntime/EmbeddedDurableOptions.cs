namespace Orchestration.EmbeddedRuntime;

/// <summary>Settings of the embedded durable engine.</summary>
public sealed class EmbeddedDurableOptions
{
    /// <summary>The SQLite file that holds everything durable. Its folder is created when missing. One process may use it at a time.</summary>
    public string StorePath { get; set; } = "orchestration.db";

    /// <summary>The name of the task hub, which clients and HTTP addresses show.</summary>
    public string HubName { get; set; } = "orchestration";

    /// <summary>Activities that run at once; null: what the worker's options say.</summary>
    public int? MaxConcurrentActivities { get; set; }

    /// <summary>Orchestrator turns that run at once; null: what the worker's options say.</summary>
    public int? MaxConcurrentOrchestrations { get; set; }

    /// <summary>Longer timers are split into several of at most this length; null: what the worker's options say.</summary>
    public TimeSpan? MaximumTimerInterval { get; set; }

    /// <summary>Instances whose history is kept in memory between turns; others are read again from the store.</summary>
    public int MaxCachedInstances { get; set; } = 10_000;
}
