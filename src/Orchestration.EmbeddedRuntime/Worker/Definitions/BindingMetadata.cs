namespace Microsoft.Azure.Functions.Worker;

/// <summary>A binding of a function, as the host sees it.</summary>
public abstract class BindingMetadata
{
    public abstract string Name { get; }

    /// <summary>The host's name for the kind of binding, such as <c>httpTrigger</c>.</summary>
    public abstract string Type { get; }

    public abstract BindingDirection Direction { get; }
}

/// <summary>Which way a binding goes.</summary>
public enum BindingDirection
{
    In = 0,
    Out = 1,
}
