using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Intake;

/// <summary>A job document on its way in.</summary>
/// <param name="Content">As it came.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Source">The blob and version that carried it; null for HTTP.</param>
public sealed record IncomingDocument(ReadOnlyMemory<byte> Content, DocumentFormat Format = DocumentFormat.Json, string? Source = null)
{
    /// <summary>The only namespace that the submitter may use; null for any.</summary>
    public string? RequiredNamespace { get; init; }

    /// <summary>Whether members that this version does not know are refused, rather than kept.</summary>
    public bool Strict { get; init; }
}
