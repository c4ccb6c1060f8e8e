namespace Orchestration.Functions.Workers;

/// <summary>The settings of the section <c>Worker</c>. The names of the environment that users of the seeds know count as well.</summary>
public sealed class WorkerOptions
{
    public const string Section = "Worker";

    /// <summary>Name of this worker, unique among those that share a storage account; <c>GUESTKIT_WORKER_ID</c>, or the machine's name.</summary>
    public string? Id { get; set; }

    /// <summary>Name of the pool that it belongs to; <c>GUESTKIT_WORKER_POOL</c>, or <c>default</c>.</summary>
    public string? Pool { get; set; }

    /// <summary>Largest virtual disk that it works on, in GiB; null for no limit.</summary>
    public long? MaximumDiskSizeGb { get; set; }

    /// <summary>Seconds between two signs of life.</summary>
    public int HeartbeatSeconds { get; set; } = 20;
}
