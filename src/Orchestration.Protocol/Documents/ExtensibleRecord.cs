using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestration.Protocol.Documents;

/// <summary>A record that keeps the members it does not know.</summary>
public abstract record ExtensibleRecord
{
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? UnknownMembers { get; set; }
}
