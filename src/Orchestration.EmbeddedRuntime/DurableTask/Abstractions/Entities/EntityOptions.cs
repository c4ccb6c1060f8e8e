namespace Microsoft.DurableTask.Entities;

/// <summary>How an entity is called. It has no settings yet.</summary>
public record CallEntityOptions;

/// <summary>How an entity is signalled.</summary>
public record SignalEntityOptions
{
    /// <summary>When the entity gets the signal; null: now.</summary>
    public DateTimeOffset? SignalTime { get; init; }

    /// <summary>Options without settings for true, none otherwise.</summary>
    public static implicit operator SignalEntityOptions?(bool? value) => value == true ? new() : null;

    /// <summary>Options for a signal at a time.</summary>
    public static implicit operator SignalEntityOptions(DateTimeOffset value) => new() { SignalTime = value };
}
