namespace Microsoft.Azure.Functions.Worker;

/// <summary>Objects by type, for what the runtime and its extensions attach to an invocation.</summary>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    /// <summary>Replaces the feature; null removes it.</summary>
    void Set<T>(T? instance);

    T? Get<T>();
}
