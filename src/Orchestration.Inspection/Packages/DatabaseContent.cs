namespace Orchestration.Inspection.Packages;

/// <summary>What one package database holds.</summary>
/// <param name="Path">The file or directory that it is.</param>
/// <param name="Installed">In any order.</param>
internal sealed record DatabaseContent(string Path, IReadOnlyList<Package> Installed)
{
    public IReadOnlyDictionary<string, int> NotInstalled { get; init; } = new Dictionary<string, int>();

    public IReadOnlyList<SigningKey> SigningKeys { get; init; } = [];
}
