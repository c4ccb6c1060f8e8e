namespace Microsoft.DurableTask;

/// <summary>How an orchestration begins anew.</summary>
public class ContinueAsNewOptions
{
    /// <summary>The input of the next execution.</summary>
    public object? NewInput { get; set; }

    /// <summary>Whether external events that nobody has received go over to the next execution.</summary>
    public bool PreserveUnprocessedEvents { get; set; } = true;

    /// <summary>The version of the next execution; null: unchanged.</summary>
    public string? NewVersion { get; set; }
}
