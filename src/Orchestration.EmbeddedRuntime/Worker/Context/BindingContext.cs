namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the trigger knows of the event that started an invocation.</summary>
public abstract class BindingContext
{
    /// <summary>Route parameters, tokens of a blob's path and the like, by name ignoring case.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
