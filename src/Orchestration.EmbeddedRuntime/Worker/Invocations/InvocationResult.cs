namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a function returned; middleware may replace it after the function has run.</summary>
public abstract class InvocationResult<T>
{
    public abstract T? Value { get; set; }
}

/// <inheritdoc cref="InvocationResult{T}"/>
public abstract class InvocationResult : InvocationResult<object>;
