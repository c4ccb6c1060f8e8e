namespace Microsoft.DurableTask.Client;

/// <summary>How an instance is terminated.</summary>
/// <param name="Output">What becomes its output; null: none.</param>
/// <param name="Recursive">Whether sub-orchestrations that still run are terminated as well.</param>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);
