using System.Text.Json;

namespace Orchestration.Protocol.Documents;

/// <summary>The operation's own part of the document.</summary>
public sealed record JobPayload : ExtensibleRecord
{
    /// <summary>The operation and the version of its payload: <c>guestkit.inspect.v1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Checked by the operation.</summary>
    public required JsonElement Data { get; init; }
}
