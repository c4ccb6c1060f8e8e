using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Intake;

/// <summary>A job document on its way in.</summary>
/// <param name="Content">As it came.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Source">The blob and version that carried it; null for HTTP.</param>
public sealed record IncomingDocument(ReadOnlyMemory<byte> Content, DocumentFormat Format = DocumentFormat.Json, string? Source = null);
