namespace Microsoft.Azure.Functions.Worker;

/// <summary>The W3C trace context of an invocation.</summary>
public abstract class TraceContext
{
    /// <summary>The <c>traceparent</c>; empty where nothing traces.</summary>
    public abstract string TraceParent { get; }

    /// <summary>The <c>tracestate</c>; empty where there is none.</summary>
    public abstract string TraceState { get; }

    public virtual IReadOnlyDictionary<string, string> Attributes { get; } = new Dictionary<string, string>();

    public virtual IReadOnlyDictionary<string, string> Baggage { get; } = new Dictionary<string, string>();
}
