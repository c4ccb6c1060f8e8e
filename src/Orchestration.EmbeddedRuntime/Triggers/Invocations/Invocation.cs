using System.Collections.Immutable;

namespace Orchestration.EmbeddedRuntime.Triggers.Invocations;

/// <summary>What a trigger hands to the invoker.</summary>
/// <param name="TriggerEvent">What happened; the function's trigger knows its type.</param>
internal sealed record Invocation(object TriggerEvent)
{
    /// <summary>Names and values taken from the event, names ignoring case.</summary>
    public IReadOnlyDictionary<string, object?> BindingData { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>Zero on the first call for the event.</summary>
    public int RetryCount { get; init; }

    public int MaxRetryCount { get; init; }

    /// <summary>Prepares the context before middleware sees it.</summary>
    public Action<EmbeddedFunctionContext>? Prepare { get; init; }
}
