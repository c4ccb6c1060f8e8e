namespace Orchestration.Protocol.Documents;

/// <summary>What the machine that runs the job must have, and what the image must not exceed.</summary>
public sealed record JobConstraints : ExtensibleRecord
{
    /// <summary>Such as <c>guestkit.inspect</c>, <c>disk.qcow2</c> and <c>fs.ext4</c>.</summary>
    public IReadOnlyList<string>? RequiredCapabilities { get; init; }

    /// <summary>Such as <c>lvm</c>, <c>nbd</c> and <c>ext4</c>.</summary>
    public IReadOnlyList<string>? RequiredFeatures { get; init; }

    /// <summary>Semantic version of the oldest worker that may run the job.</summary>
    public string? MinimumWorkerVersion { get; init; }

    /// <summary>Largest virtual disk, in GiB.</summary>
    public long? MaximumDiskSizeGb { get; init; }

    /// <summary>Memory that the worker must have, in GiB: an addition to the protocol.</summary>
    public long? MinimumMemoryGb { get; init; }

    /// <summary>Free disk space that the worker must have, in GiB: an addition to the protocol.</summary>
    public long? MinimumFreeDiskGb { get; init; }

    /// <summary>Whether the worker must run with administrator's rights.</summary>
    public bool? RequirePrivileged { get; init; }

    /// <summary>Pools whose workers may run the job; null or empty for all.</summary>
    public IReadOnlyList<string>? AllowedWorkerPools { get; init; }
}

/// <summary>Where the job is to be run.</summary>
public sealed record JobRouting : ExtensibleRecord
{
    /// <summary>The one worker that may run it.</summary>
    public string? WorkerId { get; init; }

    /// <summary>The one pool whose workers may run it.</summary>
    public string? WorkerPool { get; init; }

    /// <summary>What the worker should be near to, such as <c>disk_locality</c>.</summary>
    public IReadOnlyDictionary<string, string>? Affinity { get; init; }

    /// <summary>What the worker should be away from, such as the jobs under <c>concurrent_jobs</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? AntiAffinity { get; init; }
}
