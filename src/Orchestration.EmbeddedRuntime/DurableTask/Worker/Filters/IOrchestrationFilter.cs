namespace Microsoft.DurableTask.Worker;

/// <summary>Says which orchestrations a worker runs; the others wait.</summary>
[Obsolete("Experimental")]
public interface IOrchestrationFilter
{
    /// <summary>Whether the worker runs an orchestration. Asked before each turn, from any thread.</summary>
    ValueTask<bool> IsOrchestrationValidAsync(OrchestrationFilterParameters info, CancellationToken cancellationToken = default);
}

/// <summary>What a filter knows of an orchestration.</summary>
#pragma warning disable CA1815 // Parameters are not compared.
public struct OrchestrationFilterParameters
#pragma warning restore CA1815
{
    public string? Name { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}
