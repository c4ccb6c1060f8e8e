namespace Microsoft.Azure.Functions.Worker;

/// <summary>One invocation of a function. Not safe for concurrent use, except for reading.</summary>
public abstract class FunctionContext
{
    /// <summary>Unique to this invocation.</summary>
    public abstract string InvocationId { get; }

    /// <summary>The same for every invocation of the function.</summary>
    public abstract string FunctionId { get; }

    public abstract TraceContext TraceContext { get; }

    public abstract BindingContext BindingContext { get; }

    public abstract RetryContext RetryContext { get; }

    /// <summary>The services of this invocation's scope.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>Whatever middleware and function want to share for the time of the invocation.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    public abstract IInvocationFeatures Features { get; }

    /// <summary>
    /// Cancelled when the caller has gone (HTTP), the orchestration no longer wants the result (activities), or the host stops.
    /// </summary>
    public virtual CancellationToken CancellationToken { get; }
}
