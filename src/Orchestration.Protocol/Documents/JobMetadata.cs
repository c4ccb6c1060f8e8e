namespace Orchestration.Protocol.Documents;

/// <summary>What people and programs call the job, and sort it by.</summary>
public sealed record JobMetadata : ExtensibleRecord
{
    /// <summary>For people; need not be unique.</summary>
    public string? Name { get; init; }

    /// <summary>Whose job it is. Idempotency keys of different namespaces never meet.</summary>
    public string? Namespace { get; init; }

    /// <summary>To filter and group by.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>For programs; kept and given back.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
