namespace Orchestration.Protocol.Workers;

/// <summary>What a worker is and can do: specification section 1.9, with what the machine was found to have.</summary>
public sealed record WorkerDocument
{
    public required string WorkerId { get; init; }

    /// <summary>Semantic version of the service.</summary>
    public required string Version { get; init; }

    public required string Hostname { get; init; }

    /// <summary>When this process began.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    public required WorkerCapabilities Capabilities { get; init; }

    public required WorkerResources Resources { get; init; }

    public required WorkerConfiguration Configuration { get; init; }

    public required WorkerSystem System { get; init; }

    public required WorkerStatus Status { get; init; }
}

/// <param name="Operations">That jobs can ask for.</param>
/// <param name="Features">What is there by the reader itself (<c>lvm</c>, <c>ext4</c>) or by the machine (<c>nbd</c>, <c>mount</c>).</param>
/// <param name="DiskFormats">Formats of disk images that can be read.</param>
/// <param name="Tools">Programs found on the machine, by name, with where they are.</param>
public sealed record WorkerCapabilities(
    IReadOnlyList<string> Operations,
    IReadOnlyList<string> Features,
    IReadOnlyList<string> DiskFormats,
    IReadOnlyDictionary<string, string> Tools)
{
    /// <summary>Everything that <c>constraints.required_capabilities</c> may name: operations, <c>disk.</c> and a format, <c>fs.</c> and a feature, and features.</summary>
    public bool Has(string capability) =>
        Operations.Contains(capability)
        || Features.Contains(capability)
        || (capability.StartsWith("disk.", StringComparison.Ordinal) && DiskFormats.Contains(capability["disk.".Length..]))
        || (capability.StartsWith("fs.", StringComparison.Ordinal) && Features.Contains(capability["fs.".Length..]));
}

/// <param name="MaxConcurrentJobs">Steps that run at once; null where the host decides.</param>
/// <param name="MaxDiskSizeGb">Largest virtual disk; null for no limit of the worker's own, because images are read where they lie.</param>
/// <param name="AvailableDiskGb">Free space where the worker keeps temporary files, in GiB.</param>
/// <param name="CpuCores">Processors that the process may use.</param>
/// <param name="MemoryGb">Memory that the process may use, in GiB: the machine's, or the limit of its container.</param>
public sealed record WorkerResources(int? MaxConcurrentJobs, long? MaxDiskSizeGb, double AvailableDiskGb, int CpuCores, double MemoryGb);

/// <param name="Privileged">Whether the process runs with administrator's rights.</param>
/// <param name="WorkerPool">The pool that it belongs to.</param>
/// <param name="DataLocality">Containers whose images it may read.</param>
/// <param name="ExecutionMode"><c>host</c>, <c>safe_container</c> or <c>privileged_container</c>.</param>
public sealed record WorkerConfiguration(bool Privileged, string WorkerPool, IReadOnlyList<string> DataLocality, string ExecutionMode);

/// <param name="OperatingSystem">Name and version.</param>
/// <param name="KernelVersion">As the system tells.</param>
/// <param name="Architecture">Such as <c>x64</c>.</param>
/// <param name="Runtime">The .NET runtime.</param>
public sealed record WorkerSystem(string OperatingSystem, string KernelVersion, string Architecture, string Runtime);

/// <param name="State"><c>ready</c>, or <c>offline</c> where nothing was heard of it for a while.</param>
/// <param name="LastHeartbeat">When it was last heard of.</param>
public sealed record WorkerStatus(string State, DateTimeOffset LastHeartbeat);
