using System.Collections.Frozen;

namespace Orchestration.Functions.Operations;

/// <summary>The operations that this app has, by name.</summary>
public sealed class OperationRegistry(IEnumerable<IOperation> operations)
{
    private readonly FrozenDictionary<string, IOperation> _operations = operations.ToFrozenDictionary(operation => operation.Name, StringComparer.Ordinal);

    public IEnumerable<string> Names => _operations.Keys.Order(StringComparer.Ordinal);

    public IOperation? Find(string name) => _operations.GetValueOrDefault(name);
}
